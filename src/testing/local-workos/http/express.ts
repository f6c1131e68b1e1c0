import type { AbstractHttpAdapter } from '@nestjs/core';

/** How the platform is loaded; a parameter so that its absence can be tested. */
export type LoadPlatform = () => Promise<{ ExpressAdapter: new () => AbstractHttpAdapter }>;

/**
 * The Express adapter, loaded when a LocalWorkOS starts, because the package itself runs without it.
 *
 * @throws an error naming the package to install, if it is missing
 */
export async function expressAdapter(
  load: LoadPlatform = () => import('@nestjs/platform-express'),
): Promise<AbstractHttpAdapter> {
  const { ExpressAdapter } = await load().catch((cause: unknown) => {
    if (!isMissingModule(cause)) throw cause;
    throw new Error('LocalWorkOS needs Express: npm i -D @nestjs/platform-express', { cause });
  });
  return new ExpressAdapter();
}

function isMissingModule(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
