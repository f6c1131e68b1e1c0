import type { INestApplication } from '@nestjs/common';
import { createBlog } from './blog.js';
import { ConfigError, type LocalSettings, readConfig, type Settings, type WorkOSSettings } from './config.js';
import type { BlogConfig } from './core/blog.config.js';
import { freePort } from './local/free-port.js';
import { startLocalBlog } from './local/local-blog.js';
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
  const ports = {
    blog: settings.port ?? (await freePort(BLOG_PORT)),
    workos: await freePort(LOCAL_WORKOS_PORT),
    siem: await freePort(SIEM_PORT),
  };
  const { app, url, workos, siem } = await startLocalBlog({
    host: settings.host,
    ports,
    ...common(settings, ports.blog),
  });
  stopWhenAsked(app);
  process.stdout.write(welcome(url, workos.url, siem));
}

/** The real WorkOS. The port is fixed, because WorkOS knows the redirect URI by it. */
async function serve(settings: WorkOSSettings): Promise<void> {
  const { apiKey, clientId, cookiePassword, host, port = BLOG_PORT } = settings;
  const config = { workos: { apiKey, clientId }, ...common(settings, port), cookiePassword };
  const app = await createBlog(config);
  stopWhenAsked(app);
  await app.listen(port, host);
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

/** Ctrl-C: the requests under way are answered, the events that wait are sent, and the exit code is 0. */
function stopWhenAsked(app: INestApplication): void {
  app.enableShutdownHooks([], { useProcessExit: true });
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return `The port is taken (${(error as Error).message}). Set PORT to a free one.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
