import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts a Postgres that needs no installation, and ends with this process. It is a process of its own so that Ctrl-C,
 * which every process of a terminal hears, does not end it while the shop still notes what it has delivered.
 *
 * @returns its URL
 */
export async function startPostgres(): Promise<string> {
  const server = fork(fileURLToPath(new URL('postgres.process.js', import.meta.url)), { detached: true });
  const [told] = (await Promise.race([once(server, 'message'), once(server, 'exit')])) as [{ url: string } | number];
  if (typeof told !== 'object') throw new Error('Postgres did not start; with DATABASE_URL another one is used.');
  server.unref();
  server.channel?.unref();
  return told.url;
}
