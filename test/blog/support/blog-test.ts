import type { NestExpressApplication } from '@nestjs/platform-express';
import { AuditService } from 'nestjs-workos-audit';
import type { LocalWorkOS, LocalWorkOSOptions, LocalWorkOSPerson, StoredEvent } from 'nestjs-workos-audit/testing';
import { onTestFinished } from 'vitest';
import { createBlog } from '../../../examples/blog/blog.js';
import type { BlogConfig } from '../../../examples/blog/core/blog.config.js';
import { localConfig, startLocalWorkOS } from '../../../examples/blog/local/local-workos.js';
import { CapturedLogs } from '../../support/captured-logs.js';
import { BLOG_ORIGIN, Browser } from './browser.js';

/** Delivery in milliseconds instead of seconds. */
export const quickDelivery = { pollMs: 20, backoff: { minMs: 10, maxMs: 50 }, timeoutMs: 300, drainTimeoutMs: 500 };

export interface BlogTestOptions extends LocalWorkOSOptions {
  readonly config?: Partial<BlogConfig>;
}

/** The example as it is, on a LocalWorkOS as `npm start` gives it. Closed when the test is over. */
export class BlogTest {
  private constructor(
    readonly workos: LocalWorkOS,
    readonly app: NestExpressApplication,
    readonly url: string,
    readonly logs: CapturedLogs,
  ) {}

  static async start({ config, ...options }: BlogTestOptions = {}): Promise<BlogTest> {
    const workos = await startLocalWorkOS(options);
    onTestFinished(() => workos.close());
    const logs = new CapturedLogs();
    const blogConfig: BlogConfig = {
      ...localConfig(workos),
      baseUrl: new URL(BLOG_ORIGIN),
      cookiePassword: 'a password of at least 32 characters',
      databasePath: ':memory:',
      outboxPath: ':memory:',
      delivery: quickDelivery,
      ...config,
    };
    const app = await createBlog(blogConfig, { logger: logs });
    await app.listen(0, '127.0.0.1');
    onTestFinished(() => app.close());
    return new BlogTest(workos, app, await app.getUrl(), logs);
  }

  get audit(): AuditService {
    return this.app.get(AuditService);
  }

  browser(userAgent?: string): Browser {
    return new Browser(this.url, userAgent);
  }

  /** Somebody who is signed in. */
  async signIn(email: string): Promise<Browser> {
    const browser = this.browser();
    const page = await browser.login(email);
    if (page.path !== '/dashboard' || page.status !== 200) throw new Error(`${page.status} ${page.path}\n${page.text}`);
    return browser;
  }

  /** All events, once everything that was recorded has left. */
  async events(): Promise<readonly StoredEvent[]> {
    await this.audit.flush({ timeoutMs: 2_000 });
    return this.workos.events;
  }

  async actions(): Promise<string[]> {
    return (await this.events()).map(({ action }) => action);
  }
}

/** Writes a post and answers its id. */
export async function writePost(browser: Browser, title = 'A title', body = 'A text'): Promise<string> {
  const page = await browser.post('/posts', { title, body });
  const id = /action="\/posts\/([^/"]+)\/delete"/.exec(page.text)?.[1];
  if (id === undefined) throw new Error(`No post on ${page.status} ${page.path}\n${page.text}`);
  return id;
}

/** So many people more in the directory of Acme. */
export function crowd(count: number, groups: readonly string[] = []): LocalWorkOSPerson[] {
  return Array.from({ length: count }, (_, index) => ({
    email: `person${index}@acme.example`,
    directoryUserId: `directory_user_${index}`,
    groups,
  }));
}
