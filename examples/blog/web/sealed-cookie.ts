import type { Request, Response } from 'express';
import { getIronSession, type IronSession } from 'iron-session';

export interface SealedCookieOptions {
  readonly name: string;
  readonly password: string;
  /** Sent over https only. */
  readonly secure: boolean;
  /** Counted from the moment when it is written; a cookie that is older is not believed. */
  readonly lifetimeSeconds: number;
}

/** A cookie that its bearer can neither read nor change: encrypted and signed by iron-session. */
export class SealedCookie<Data extends object> {
  constructor(private readonly options: SealedCookieOptions) {}

  /** What the cookie holds; nothing if there is none, or one that is old or forged. */
  async read(request: Request, response: Response): Promise<Partial<Data>> {
    return { ...(await this.#open(request, response)) };
  }

  async write(request: Request, response: Response, data: Data): Promise<void> {
    const session = await this.#open(request, response);
    await Object.assign(session, data).save();
  }

  async clear(request: Request, response: Response): Promise<void> {
    (await this.#open(request, response)).destroy();
  }

  #open(request: Request, response: Response): Promise<IronSession<Data>> {
    const { name, password, secure, lifetimeSeconds } = this.options;
    return getIronSession<Data>(request, response, {
      // With this prefix a browser takes the cookie from this very host over https only, not from a neighbour domain.
      cookieName: secure ? `__Host-${name}` : name,
      // A password of its own for each cookie, so that one kind cannot pass for another.
      password: `${name}:${password}`,
      ttl: lifetimeSeconds,
      cookieOptions: { httpOnly: true, sameSite: 'lax', secure, path: '/' },
    });
  }
}
