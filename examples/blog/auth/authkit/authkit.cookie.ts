import type { Request, Response } from 'express';

/** As long as WorkOS lets a session live, at the most. */
const LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

/** The cookie with AuthKit's session. The SDK has sealed it: encrypted and signed, so it is kept as it is. */
export class AuthKitCookie {
  readonly #name: string;

  constructor(private readonly secure: boolean) {
    // With this prefix a browser takes the cookie from this very host over https only, not from a neighbour domain.
    this.#name = secure ? '__Host-blog_authkit' : 'blog_authkit';
  }

  read(request: Request): string | undefined {
    const pairs = (request.headers.cookie ?? '').split(/; */);
    const value = pairs.find((pair) => pair.startsWith(`${this.#name}=`))?.slice(this.#name.length + 1);
    try {
      return value === undefined ? undefined : decodeURIComponent(value);
    } catch {
      return undefined; // not what was written
    }
  }

  write(response: Response, sealedSession: string): void {
    response.cookie(this.#name, sealedSession, { ...this.#options, maxAge: LIFETIME_MS });
  }

  clear(response: Response): void {
    response.clearCookie(this.#name, this.#options);
  }

  get #options() {
    return { httpOnly: true, sameSite: 'lax', secure: this.secure, path: '/' } as const;
  }
}
