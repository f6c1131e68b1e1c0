import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { formatLock, parseLock } from '../schemas/lock.js';
import type { AuditSchemaLock } from '../catalogue/versions.js';
import { messageOf } from '../event/text.js';
import { CliError } from './cli.error.js';

/** Reads the lock; `undefined` if there is none. @throws if it is none */
export function readLock(path: string): AuditSchemaLock | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw new CliError(`the lock cannot be read: ${messageOf(error)}`);
  }
  return parseLock(text, path);
}

/**
 * Writes the lock, whole or not at all. One that says the same is left as it is, however it is laid out.
 *
 * @returns whether it was written
 */
export function writeLock(path: string, lock: AuditSchemaLock, current: AuditSchemaLock | undefined): boolean {
  if (current && JSON.stringify(current) === JSON.stringify(lock)) return false;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, formatLock(lock));
    renameSync(temporary, path);
    return true;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CliError(
      `the lock cannot be written: ${messageOf(error)}. Name a file in a folder that exists with --lock.`,
    );
  }
}
