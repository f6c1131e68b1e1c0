import type { NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AuditService } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { newSecret } from '../auth/secrets.js';
import { createBlog } from '../blog.js';
import type { BlogConfig } from '../core/blog.config.js';
import { Siem } from '../siem/siem.js';
import { localConfig, startLocalWorkOS } from './local-workos.js';

/** Where each part listens, and what of the blog's configuration is not made here. */
export interface LocalBlogOptions extends Pick<
  BlogConfig,
  'auth' | 'baseUrl' | 'databasePath' | 'outboxPath' | 'trustProxy' | 'delivery'
> {
  readonly host: string;
  readonly ports: { readonly blog: number; readonly workos: number; readonly siem: number };
}

/** The blog and what stands beside it. */
export interface LocalBlog {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly workos: LocalWorkOS;
  readonly siem: Siem;
  close(): Promise<void>;
}

/** What `npm start` serves: a LocalWorkOS, a SIEM to stream to, and the blog, which listens when this resolves. */
export async function startLocalBlog(
  { host, ports, ...common }: LocalBlogOptions,
  options?: NestApplicationOptions,
): Promise<LocalBlog> {
  const url = common.baseUrl.origin;
  const workos = await startLocalWorkOS({ port: ports.workos, appUrl: url });
  const siem = await Siem.start(ports.siem);
  // A new password at each start signs everybody out; LocalWorkOS has forgotten its people's codes as well.
  const secrets = { webhookSecret: workos.webhookSecret, cookiePassword: newSecret() };
  const config = { ...localConfig(workos, siem.url), ...common, ...secrets };
  const app = await createBlog(config, options);
  await app.listen(ports.blog, host);
  // The dashboard shows the blog's outbox beside the trail.
  workos.watchOutbox(() => app.get(AuditService).stats());
  workos.addWebhook(`http://localhost:${ports.blog}/webhooks/workos`);
  const close = async (): Promise<void> => {
    await app.close(); // what waits still finds LocalWorkOS
    await Promise.all([workos.close(), siem.close()]);
  };
  return { url, app, workos, siem, close };
}
