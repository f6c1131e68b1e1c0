import { type AuditOutbox, memoryOutbox } from 'nestjs-workos-audit';
import { pgBossOutbox } from 'nestjs-workos-audit/pg-boss';
import { outboxNamed } from '../support/outboxes.js';

/** Where events wait. */
export interface Place {
  readonly kind: 'memory' | 'SQLite' | 'Postgres';
  readonly url: string;
  readonly queue?: string;
  readonly notify?: boolean;
}

export async function outboxAt({
  kind,
  url,
  queue = `bench-${process.pid}`,
  notify = true,
}: Place): Promise<AuditOutbox> {
  if (kind === 'memory') return memoryOutbox({ capacity: 1_000_000 });
  if (kind === 'SQLite') return outboxNamed('SQLite');
  return pgBossOutbox({ connectionString: url, queue, notify });
}
