import { accessSync, constants, existsSync, type Stats, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../event/text.js';
import { explain } from '../../outbox/sqlite/sqlite.errors.js';
import { APPLICATION_ID, MIGRATIONS, pragma } from '../../outbox/sqlite/sqlite.schema.js';
import { CliError } from '../cli.error.js';
import { silenceWarnings } from '../silence-warnings.js';

/** How long the command waits for a lock of the application. */
const BUSY_MS = 5_000;

/** A connection, and what closes it. */
export interface Opened {
  readonly db: DatabaseSync;
  readonly close: () => void;
}

/** Opens the file of an outbox for what changes events. @throws CliError if it is none, or cannot be written now */
export function openToWrite(file: string): Opened {
  const db = openSqlite(file, 'write');
  explained(file, () => db.exec('BEGIN IMMEDIATE; ROLLBACK'));
  return { db, close: () => db.close() };
}

/**
 * Opens the file of an outbox for reading only. A read-only connection leaves an empty -wal and a -shm behind where there
 * were none; one that may write takes them away. @throws CliError if it is none
 */
export function openToRead(file: string): Opened {
  const wasInUse = isInUse(file);
  const tidy = (): void => {
    if (!wasInUse && isInUse(file)) closeAsWriter(file);
  };
  try {
    const db = openSqlite(file, 'read');
    return { db, close: () => [db.close(), tidy()] };
  } catch (error) {
    tidy();
    throw error;
  }
}

function closeAsWriter(file: string): void {
  try {
    openSqlite(file, 'write').close();
  } catch {
    // A file of something else was opened and closed, too, and that is all that it takes.
  }
}

/** Opens the file as it is: makes no file, changes no format. */
function openSqlite(file: string, access: 'read' | 'write'): DatabaseSync {
  return explained(file, () => {
    checkFile(file);
    if (access === 'write' || !isInUse(file)) checkMayWrite(file);
    const { DatabaseSync: Database } = nodeSqlite();
    const db = new Database(file, { readOnly: access === 'read' });
    try {
      // A command's changes survive a power cut, as the outbox's do.
      db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON`);
      checkFormat(db, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Runs `work`. @throws CliError what SQLite says, and what to do */
export function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(explain(error, { file, durability: 'full', busyMs: BUSY_MS }));
  }
}

function checkFile(file: string): void {
  const stats: Stats | undefined = statSync(file, { throwIfNoEntry: false });
  if (!stats) {
    throw new CliError(
      `there is no file '${file}', seen from ${process.cwd()}. Name the file of sqliteOutbox({ path }) with --sqlite.`,
    );
  }
  if (stats.isDirectory()) {
    throw new CliError(
      `${file} is a folder. Name the file in it, such as ${file.replace(/\/+$/, '')}/audit-outbox.db.`,
    );
  }
  if (!stats.isFile()) throw new CliError(`${file} is no file.`);
  if (stats.size === 0) throw new CliError(`${file} is empty: no application has opened it as its outbox yet.`);
}

/** An application has it open, or was killed. */
function isInUse(file: string): boolean {
  return existsSync(`${file}-wal`);
}

/** SQLite would open it all the same, and make a -wal and a -shm that the application may then not write. */
function checkMayWrite(file: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new CliError(
      `${file} cannot be opened, because this user may not write it (${messageOf(error)}). Run the command as the user of the application.`,
    );
  }
}

function checkFormat(db: DatabaseSync, file: string): void {
  const applicationId = pragma(db, 'application_id');
  if (applicationId !== APPLICATION_ID) {
    const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name LIMIT 5`).all();
    const names = tables.map(({ name }) => String(name)).join(', ') || 'none';
    throw new CliError(
      `${file} is a SQLite file, but no outbox (application_id ${applicationId}, tables: ${names}). Nothing in it was changed.`,
    );
  }
  const format = pragma(db, 'user_version');
  if (format === MIGRATIONS.length) return;
  throw new CliError(
    format > MIGRATIONS.length
      ? `${file} was written by a later release of nestjs-workos-audit (format ${format}, this release knows up to ${MIGRATIONS.length}). Use the command of that release.`
      : `${file} was written by an earlier release of nestjs-workos-audit (format ${format}, this release has ${MIGRATIONS.length}). The application brings it up to date when it starts with this release; until then, use the command of the earlier one.`,
  );
}

function nodeSqlite(): typeof import('node:sqlite') {
  silenceWarnings();
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite') | undefined;
  if (sqlite) return sqlite;
  throw new CliError(
    `this Node (${process.versions.node}) runs without node:sqlite. It is part of Node 22.13 and later; Node 22.12 has it ` +
      'with NODE_OPTIONS=--experimental-sqlite.',
  );
}
