import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { explain, isBusy } from './sqlite.errors.js';
import type { SqliteSettings } from './sqlite.protocol.js';
import { checkFormat, migrate, pragma } from './sqlite.schema.js';

/** What the write-ahead log keeps of the disk when nothing is in it. */
export const WAL_BYTES = 1024 * 1024;

/** Beyond `maxBytes`, for what frees space again: leases, retries, the final events of intents. */
const RESERVE_BYTES = 1024 * 1024;

/** Opens the file, made if it is missing, in the newest format. @throws Error whose message says what to do */
export function openFile(settings: SqliteSettings): DatabaseSync {
  const deadline = performance.now() + settings.busyMs;
  for (;;) {
    try {
      return tryToOpen(settings);
    } catch (error) {
      // Not every lock is waited for by SQLite itself; that of a first switch to WAL, for one, is not.
      if (!isBusy(error) || performance.now() > deadline) throw new Error(explain(error, settings), { cause: error });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function tryToOpen(settings: SqliteSettings): DatabaseSync {
  const { file } = settings;
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite') | undefined;
  if (!sqlite) {
    throw new Error(
      `This Node (${process.versions.node}) runs without node:sqlite. It is part of Node 22.13 and later; Node 22.12 has it ` +
        'with NODE_OPTIONS=--experimental-sqlite.',
    );
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const isNew = !existsSync(file);
  if (!isNew && statSync(file).isDirectory()) {
    throw new Error(`${file} is a folder. Name a file in it, such as ${file}/audit-outbox.db.`);
  }
  const db = new sqlite.DatabaseSync(file);
  try {
    // By name and not by descriptor: closing a descriptor of the file would drop the locks that other threads have on it.
    // SQLite gives -wal and -shm the mode of the file.
    if (isNew) chmodSync(file, 0o600);
    configure(db, settings);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function configure(db: DatabaseSync, { file, durability, maxBytes, busyMs }: SqliteSettings): void {
  // auto_vacuum has an effect on an empty file only, and only before WAL.
  db.exec(`PRAGMA busy_timeout = ${busyMs}; PRAGMA auto_vacuum = INCREMENTAL`);
  checkFormat(db, file);
  const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = WAL').get() ?? {};
  if (mode !== 'wal') throw new Error(`${file} is on a file system without shared memory, which SQLite's WAL needs.`);
  db.exec(`
    PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'};
    PRAGMA fullfsync = ${durability === 'full' ? 'ON' : 'OFF'};
    PRAGMA journal_size_limit = ${WAL_BYTES};
  `);
  migrate(db, file);
  if (maxBytes !== undefined) {
    db.exec(`PRAGMA max_page_count = ${Math.ceil((maxBytes + RESERVE_BYTES) / pragma(db, 'page_size'))}`);
  }
}
