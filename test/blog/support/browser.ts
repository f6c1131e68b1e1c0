/** Where the blog says it is; the browser goes to the port it really listens on. */
export const BLOG_ORIGIN = 'http://blog.localhost';

export interface Page {
  readonly status: number;
  /** The path of the last request. */
  readonly path: string;
  readonly text: string;
  readonly headers: Headers;
}

interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  /** @default true */
  readonly follow?: boolean;
}

/** As much of a browser as the tests need: cookies of the blog, redirects, forms. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** Every `Set-Cookie` that came, as it was written. */
  readonly setCookies: string[] = [];
  /** The token of the forms of the last page that had one. */
  csrfToken = '';

  constructor(
    private readonly url: string,
    readonly userAgent = 'TestBrowser/1.0',
  ) {}

  async get(path: string, visit: Visit = {}): Promise<Page> {
    return this.#go(new URL(path, BLOG_ORIGIN), visit);
  }

  /** Sends a form as the last page would: with its CSRF token. */
  async post(path: string, fields: Readonly<Record<string, string>> = {}, visit: Visit = {}): Promise<Page> {
    const form = { _csrf: this.csrfToken, ...fields };
    return this.#go(new URL(path, BLOG_ORIGIN), { method: 'POST', form, ...visit });
  }

  /** Starts a sign-in and chooses somebody on LocalWorkOS's page. The answer is the callback's URL, not yet visited. */
  async authorize(email: string, { impersonate = false }: { impersonate?: boolean } = {}): Promise<URL> {
    const start = await this.get(`/auth/login?email=${encodeURIComponent(email)}`, { follow: false });
    const people = await (await fetch(location(start))).text();
    const entry = people.split('<li>').find((item) => item.includes(email));
    const links = [...(entry ?? '').matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'));
    const link = links[impersonate ? 1 : 0];
    if (link === undefined) throw new Error(`LocalWorkOS does not offer ${email}: ${people}`);
    const chosen = await fetch(new URL(link, location(start)), { redirect: 'manual' });
    return new URL(chosen.headers.get('location') ?? '');
  }

  async login(email: string): Promise<Page> {
    const callback = await this.authorize(email);
    return this.get(callback.pathname + callback.search);
  }

  async #go(url: URL, { follow = true, ...visit }: Visit): Promise<Page> {
    const answer = await fetch(new URL(url.pathname + url.search, this.url), {
      method: visit.method ?? 'GET',
      redirect: 'manual',
      headers: { 'user-agent': this.userAgent, cookie: this.#cookieHeader(), ...visit.headers },
      ...(visit.form && { body: new URLSearchParams(visit.form) }),
    });
    this.#keep(answer.headers);
    const page = { status: answer.status, path: url.pathname, text: await answer.text(), headers: answer.headers };
    this.csrfToken = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? this.csrfToken;
    if (!follow || answer.status < 300 || answer.status > 399) return page;
    const next = new URL(location(page), url);
    if (next.origin !== BLOG_ORIGIN) throw new Error(`The blog redirects to ${next.href}`);
    return this.#go(next, {});
  }

  #cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      this.setCookies.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*(max-age=0|expires=\w+, 01 jan 1970)/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

export function location(page: Pick<Page, 'headers'>): string {
  return page.headers.get('location') ?? '';
}
