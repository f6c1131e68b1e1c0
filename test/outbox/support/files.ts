import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { AuditOutbox, OutboxEntry } from 'nestjs-workos-audit';
import { onTestFinished } from 'vitest';
import { sqliteOutbox, type SqliteOutboxOptions } from '../../../src/sqlite.js';

/** A folder for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function openOutbox(path: string, options: Partial<SqliteOutboxOptions> = {}): Promise<AuditOutbox> {
  const outbox = sqliteOutbox({ path, ...options });
  await outbox.open();
  onTestFinished(() => outbox.close().catch(() => undefined));
  return outbox;
}

/** A connection beside that of the outbox. */
export function connect(path: string): DatabaseSync {
  const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
  const db = new Database(path);
  onTestFinished(() => {
    if (db.isOpen) db.close();
  });
  return db;
}

/** An entry of about `size` bytes. */
export function makeEntry(size = 0, recordedAt = Date.now()): OutboxEntry {
  return {
    id: randomUUID(),
    recordedAt,
    event: {
      organizationId: 'org_1',
      action: 'thing.make',
      occurredAt: new Date().toISOString(),
      actor: { id: 'user_1', type: 'user', metadata: {} },
      targets: [],
      context: { location: 'internal' },
      metadata: { text: 'x'.repeat(size) },
    },
  };
}

export const makeEntries = (count: number, size = 0): OutboxEntry[] =>
  Array.from({ length: count }, () => makeEntry(size));

/** Claims and completes all that is due. @returns their ids */
export async function drain(outbox: AuditOutbox): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const batch = (await outbox.claim(1_000, 60_000)).map(({ id }) => id);
    if (batch.length === 0) return ids;
    await outbox.complete(batch);
    ids.push(...batch);
  }
}
