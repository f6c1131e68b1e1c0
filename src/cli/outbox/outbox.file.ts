import { existsSync } from 'node:fs';
import { CliError } from '../cli.error.js';
import type { OutboxInspector } from './outbox.inspector.js';
import { SqliteInspector } from './sqlite.inspector.js';

/** Flags that say which outbox, and that all commands have. */
export const outboxFlags = {
  sqlite: { type: 'string' },
  postgres: { type: 'string' },
  schema: { type: 'string' },
  queue: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const DEFAULT_FILE = 'var/audit-outbox.db';

/** Their values. */
export interface OutboxFlags {
  readonly sqlite?: string;
  readonly postgres?: string;
  readonly schema?: string;
  readonly queue?: string;
}

/** Opens the outbox that the flags name, for as long as `work` takes. @throws CliError if there is none */
export async function withOutbox<T>(
  flags: OutboxFlags,
  access: 'read' | 'write',
  work: (outbox: OutboxInspector) => Promise<T>,
): Promise<T> {
  const outbox = await open(flags, access);
  try {
    return await work(outbox);
  } finally {
    await outbox.close();
  }
}

async function open(
  { sqlite, postgres, schema, queue }: OutboxFlags,
  access: 'read' | 'write',
): Promise<OutboxInspector> {
  if (postgres !== undefined) {
    if (sqlite !== undefined) throw new CliError('--sqlite and --postgres name two outboxes; give one of them.');
    const { PgBossInspector } = await import('./pg-boss.inspector.js');
    return PgBossInspector.open({ connectionString: postgres, schema, queue });
  }
  if (schema !== undefined || queue !== undefined) throw new CliError('--schema and --queue go with --postgres.');
  return new SqliteInspector(sqlite ?? defaultFile(), access);
}

function defaultFile(): string {
  if (existsSync(DEFAULT_FILE)) return DEFAULT_FILE;
  throw new CliError(
    `which outbox? Name the file of sqliteOutbox({ path }) with --sqlite, or the database of pgBossOutbox() with --postgres; there is no ${DEFAULT_FILE}, which is the default, in ${process.cwd()}.`,
  );
}
