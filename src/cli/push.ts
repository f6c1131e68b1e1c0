import { SyncInterrupted } from '../schemas/schema.errors.js';
import type { SchemaSync } from '../schemas/schema.sync.js';
import { EXIT_IN_STEP } from './exit-codes.js';
import { readLock, writeLock } from './lock-file.js';
import type { Output } from './output.js';
import { pathFrom, pushCommandLine, type SchemasOptions } from './schemas.options.js';
import type { SyncProgress } from './sync.progress.js';

/** Creates what is missing and writes the lock: whatever happens, for what is known to be at WorkOS. */
export async function push(
  sync: SchemaSync,
  options: SchemasOptions,
  progress: SyncProgress,
  output: Output,
): Promise<number> {
  const missing = countMissing(sync);
  progress.begin(missing);
  let written = false;
  try {
    await sync.push();
  } catch (error) {
    if (error instanceof SyncInterrupted) sayHowToGoOn(sync, options, output);
    throw error;
  } finally {
    written = writeLock(options.lock, sync.lock, readLock(options.lock));
  }
  const lock = pathFrom(process.cwd(), options.lock);
  if (options.json) output.json({ created: missing, lock, lockWritten: written });
  else
    output.line(
      `${missing === 0 ? 'Nothing to create' : `Created ${schemas(missing)}`}; ${lock} ${written ? 'written' : 'is up to date'}.`,
    );
  return EXIT_IN_STEP;
}

function countMissing(sync: SchemaSync): number {
  return sync.plan.schemas.filter(({ state }) => state === 'create').length;
}

function sayHowToGoOn(sync: SchemaSync, options: SchemasOptions, output: Output): void {
  const total = sync.plan.schemas.length;
  output.error(
    `Interrupted: WorkOS has ${total - countMissing(sync)} of ${schemas(total)}, and the lock says which. ` +
      `To go on, run it again; nothing is created twice: ${pushCommandLine(options)}`,
  );
}

function schemas(count: number): string {
  return count === 1 ? '1 schema' : `${count} schemas`;
}
