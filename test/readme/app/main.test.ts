// The application of main.ts, as it is.
import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { inFolderOfItsOwn } from './own-folder.js';

inFolderOfItsOwn();

test('main.ts serves the application of the guide', async () => {
  const port = await freePort();
  vi.stubEnv('PORT', String(port));
  vi.stubEnv('WORKOS_API_KEY', 'sk_test_readme');
  await import('./main.js');
  expect((await fetch(`http://localhost:${port}/posts/p1`, { method: 'DELETE' })).status).toBe(401);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
