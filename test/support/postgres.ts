import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, type QueryResultRow } from 'pg';

const BOOT_MS = 60_000;

/** A database of its own on the Postgres of this run, which the first that asks for it starts. */
export interface TestDatabase {
  readonly url: string;
  readonly port: number;
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** @returns a new, empty database; it goes with the server, at the end of the run */
export async function postgresDatabase(): Promise<TestDatabase> {
  const port = await serverPort();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await queryOf(urlOf(port, 'postgres'))(`CREATE DATABASE ${name}`);
  const url = urlOf(port, name);
  return { url, port, query: queryOf(url) };
}

export function urlOf(port: number, database: string, user = 'postgres', password = 'password'): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

/** Each query on a connection of its own, so that nothing need be closed. */
function queryOf(url: string): TestDatabase['query'] {
  return async <Row extends QueryResultRow>(sql: string, values?: unknown[]) => {
    const client = new Client(url);
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  };
}

/** The test files of one run share the server: whoever makes the folder starts it. */
async function serverPort(): Promise<number> {
  const run = process.env.TEST_RUN_PID ?? String(process.pid);
  const folder = join(tmpdir(), `nestjs-workos-audit-postgres-${run}`);
  if (makeFolder(folder)) {
    const script = fileURLToPath(new URL('postgres.server.mjs', import.meta.url));
    spawn(process.execPath, [script, folder, run], { detached: true, stdio: 'ignore' }).unref();
  }
  const told = join(folder, 'told.json');
  const deadline = performance.now() + BOOT_MS;
  while (!existsSync(told)) {
    if (performance.now() > deadline) throw new Error(`Postgres did not start within ${BOOT_MS} ms, see ${folder}`);
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  const { port, error } = JSON.parse(readFileSync(told, 'utf8')) as { port?: number; error?: string };
  if (port === undefined) throw new Error(`Postgres did not start: ${error}`);
  return port;
}

/** The user that the server runs as must be able to enter it. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o755 });
    return true;
  } catch {
    return false;
  }
}
