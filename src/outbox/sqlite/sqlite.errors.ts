import type { SqliteSettings } from './sqlite.protocol.js';

/** SQLite's result codes, of which node:sqlite gives the extended form; the low byte is the code. */
const codes = { busy: 5, readonly: 8, io: 10, corrupt: 11, full: 13, cantOpen: 14, constraint: 19, notADatabase: 26 };

function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** Another connection has the lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === codes.busy;
}

/** What happened and what to do about it. */
export function explain(error: unknown, { file, busyMs, maxBytes }: SqliteSettings): string {
  const message = error instanceof Error ? error.message : String(error);
  const { code } = error as NodeJS.ErrnoException;
  switch (codeOf(error)) {
    case codes.busy:
      return `${file} was locked by another process for more than ${busyMs} ms (${message}).`;
    case codes.readonly:
      return `${file} cannot be written (${message}). It, its -wal and -shm and their folder must belong to the user of the process.`;
    case codes.cantOpen:
      return `${file} cannot be opened (${message}). The user of the process must be able to write its folder, where SQLite keeps -wal and -shm beside it.`;
    case codes.corrupt:
    case codes.notADatabase:
      return `${file} is no SQLite file, or is damaged (${message}). Nothing in it was changed. Move it away, with its -wal and -shm, and the outbox starts a new one; \`sqlite3 <file> .recover\` gets out what can be read.`;
    case codes.full:
      return maxBytes === undefined
        ? `The disk of ${file} is full (${message}).`
        : `The disk of ${file} is full, or maxBytes (${maxBytes}) is reached (${message}).`;
    case codes.io:
      return `The disk of ${file} fails (${message}).`;
    case codes.constraint:
      return `The entry cannot be stored: ${message}.`;
    default:
      return code?.startsWith('E') && !code.startsWith('ERR_') ? `${file} cannot be opened: ${message}.` : message;
  }
}
