import type { INestApplication } from '@nestjs/common';
import { AuditService } from 'nestjs-workos-audit';
import { createBlog } from './blog.js';
import { ConfigError, type LocalSettings, readConfig, type Settings, type WorkOSSettings } from './config.js';
import type { BlogConfig } from './core/blog.config.js';
import { newSecret } from './auth/secrets.js';
import { freePort } from './local/free-port.js';
import { localConfig, startLocalWorkOS } from './local/local-workos.js';
import { Siem } from './siem/siem.js';
import { welcome } from './local/welcome.js';

const BLOG_PORT = 3000;
const LOCAL_WORKOS_PORT = 4100;
const SIEM_PORT = 4200;

try {
  const settings = readConfig(process.env);
  await (settings.mode === 'local' ? serveLocally(settings) : serve(settings));
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exit(1);
}

/** Without credentials: a LocalWorkOS and a SIEM to stream to beside the blog, each on its usual port or the next free one. */
async function serveLocally(settings: LocalSettings): Promise<void> {
  const port = settings.port ?? (await freePort(BLOG_PORT));
  const appUrl = common(settings, port).baseUrl;
  const workos = await startLocalWorkOS({ port: await freePort(LOCAL_WORKOS_PORT), appUrl });
  const siem = await Siem.start(await freePort(SIEM_PORT));
  // A new password at each start signs everybody out; LocalWorkOS has forgotten its people's codes as well.
  const secrets = { webhookSecret: workos.webhookSecret, cookiePassword: newSecret() };
  const config = { ...localConfig(workos, siem.url), ...common(settings, port), ...secrets };
  const app = await listen(config, settings.host, port);
  // The dashboard shows the blog's outbox beside the trail.
  workos.watchOutbox(() => app.get(AuditService).stats());
  workos.addWebhook(`http://localhost:${port}/webhooks/workos`);
  process.stdout.write(welcome(config.baseUrl.origin, workos.url, siem));
}

/** The real WorkOS. The port is fixed, because WorkOS knows the redirect URI by it. */
async function serve(settings: WorkOSSettings): Promise<void> {
  const { apiKey, clientId, cookiePassword, host, port = BLOG_PORT } = settings;
  const config = { workos: { apiKey, clientId }, ...common(settings, port), cookiePassword };
  await listen(config, host, port);
  const redirectUri = new URL('/auth/callback', config.baseUrl).href;
  process.stdout.write(`\n  Blog           ${config.baseUrl.origin}\n  Redirect URI   ${redirectUri}\n\n`);
}

function common(
  settings: Settings,
  port: number,
): Pick<BlogConfig, 'baseUrl' | 'databasePath' | 'outboxPath' | 'trustProxy' | 'auth' | 'webhookSecret'> {
  const { baseUrl = new URL(`http://localhost:${port}`), databasePath, outboxPath, trustProxy } = settings;
  return { baseUrl, databasePath, outboxPath, trustProxy, auth: settings.auth, webhookSecret: settings.webhookSecret };
}

async function listen(config: BlogConfig, host: string, port: number): Promise<INestApplication> {
  const app = await createBlog(config);
  // Ctrl-C: the requests under way are answered, the events that wait are sent, and the exit code is 0.
  app.enableShutdownHooks([], { useProcessExit: true });
  await app.listen(port, host);
  return app;
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return `The port is taken (${(error as Error).message}). Set PORT to a free one.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
