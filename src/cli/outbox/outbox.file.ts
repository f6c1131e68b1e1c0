import { existsSync } from 'node:fs';
import { CliError } from '../cli.error.js';
import type { OutboxInspector } from './outbox.inspector.js';
import { SqliteInspector } from './sqlite.inspector.js';

/** Flags that say which outbox, and that all commands have. */
export const outboxFlags = {
  sqlite: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const DEFAULT_FILE = 'var/audit-outbox.db';

/** Opens the outbox that the flags name, for as long as `work` takes. @throws CliError if there is none */
export async function withOutbox<T>(
  { sqlite }: { readonly sqlite?: string },
  access: 'read' | 'write',
  work: (outbox: OutboxInspector) => Promise<T>,
): Promise<T> {
  const outbox: OutboxInspector = new SqliteInspector(sqlite ?? defaultFile(), access);
  try {
    return await work(outbox);
  } finally {
    await outbox.close();
  }
}

function defaultFile(): string {
  if (existsSync(DEFAULT_FILE)) return DEFAULT_FILE;
  throw new CliError(
    `which outbox? Name the file of sqliteOutbox({ path }) with --sqlite; there is no ${DEFAULT_FILE}, which is the default, in ${process.cwd()}.`,
  );
}
