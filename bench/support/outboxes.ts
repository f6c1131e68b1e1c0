import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AuditOutbox, memoryOutbox } from 'nestjs-workos-audit';

/** An outbox by the name that it has in the tables. */
export type OutboxName = 'nothing' | 'memory' | 'SQLite' | 'SQLite, durability normal';

/** Not in the system's folder for temporary files, which may be in memory, where an fsync costs nothing. */
export const folder = fileURLToPath(new URL('../../bench-data/', import.meta.url));

/** The outbox with room for all that a benchmark puts into it, its file new. */
export async function outboxNamed(name: OutboxName): Promise<AuditOutbox> {
  if (name === 'nothing') return forgetfulOutbox();
  if (name === 'memory') return memoryOutbox({ capacity: 1_000_000 });
  const sqlite = await loadSqlite();
  if (!sqlite) throw new Error('nestjs-workos-audit/sqlite is not there');
  const durability = name === 'SQLite' ? 'full' : 'normal';
  return sqlite.sqliteOutbox({ path: `${folder}${process.pid}/outbox.db`, durability });
}

/** Takes about as long as SQLite, and keeps nothing: what is left is what the load itself does to a process. */
function forgetfulOutbox(): AuditOutbox {
  const pass = (): Promise<void> => Promise.resolve();
  return {
    name: 'nothing',
    open: pass,
    close: pass,
    append: () => new Promise((resolve) => void setTimeout(resolve, 2)),
    claim: () => Promise.resolve([]),
    complete: pass,
    retry: pass,
    bury: pass,
    stats: () => Promise.resolve({ pending: 0, leased: 0, held: 0, buried: 0 }),
    async *buried() {},
    redrive: () => Promise.resolve(0),
    hold: pass,
    release: pass,
    discard: pass,
  };
}

/** Whether this build of the package and this Node have it. */
export async function hasSqlite(): Promise<boolean> {
  return Boolean(process.getBuiltinModule('node:sqlite')) && (await loadSqlite()) !== undefined;
}

export function clearFolder(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

type Sqlite = { sqliteOutbox(options: { path: string; durability: 'full' | 'normal' }): AuditOutbox };

async function loadSqlite(): Promise<Sqlite | undefined> {
  // By its file, so that this also measures a build whose package.json does not export it yet.
  const { href } = new URL('sqlite.js', import.meta.resolve('nestjs-workos-audit'));
  try {
    return (await import(href)) as Sqlite;
  } catch {
    return undefined;
  }
}
