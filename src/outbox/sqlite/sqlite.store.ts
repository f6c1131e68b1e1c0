import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BuriedFilter, OutboxStats } from '../outbox.js';
import type { BuriedCursor, BuriedRow, ClaimedRow, NewRow, SqliteOperations } from './sqlite.protocol.js';
import { sql } from './sqlite.statements.js';

/** The operations on an open file. Whoever calls one that writes has begun a transaction. */
export class SqliteStore implements Omit<SqliteOperations, 'open' | 'close'> {
  readonly #statements: { readonly [name in keyof typeof sql]: StatementSync };

  constructor(db: DatabaseSync) {
    const prepared = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]);
    this.#statements = Object.fromEntries(prepared) as { [name in keyof typeof sql]: StatementSync };
  }

  /** Whether a claim would find something; needs no transaction. */
  hasDue(): boolean {
    return this.#statements.anyDue.get({ now: Date.now() }) !== undefined;
  }

  append(rows: readonly NewRow[]): void {
    const due = Date.now();
    for (const { id, action, organization, recordedAt, event } of rows) {
      this.#statements.append.run(id, action, organization, recordedAt, due, event);
    }
  }

  claim(limit: number, leaseMs: number): ClaimedRow[] {
    const now = Date.now();
    const rows = this.#statements.due.all({ now, limit }) as unknown as (ClaimedRow & { seq: number })[];
    for (const { seq } of rows) this.#statements.lease.run({ seq, due: now + leaseMs });
    return rows;
  }

  complete(ids: readonly string[]): void {
    const now = Date.now();
    for (const id of ids) {
      const { changes } = this.#statements.complete.run({ id });
      if (changes === 0) this.#statements.completeReplaced.run({ id, now });
    }
  }

  retry(id: string, at: number, error: string): void {
    this.#statements.retry.run({ id, at, error, now: Date.now() });
  }

  bury(id: string, error: string): void {
    this.#statements.bury.run({ id, error, now: Date.now() });
  }

  stats(): OutboxStats {
    const now = Date.now();
    const counts = this.#statements.stats.get({ now }) as unknown as StatsRow;
    const { pending, leased, held, buried, allLeased, allHeld, oldest } = counts;
    return {
      pending: pending + (allLeased - leased) + (allHeld - held),
      leased,
      held,
      buried,
      ...(oldest !== null && { oldestAgeMs: Math.max(0, now - oldest) }),
    };
  }

  buried(filter: BuriedFilter, until: number, limit: number, after?: BuriedCursor): BuriedRow[] {
    const { buriedAt = -1, seq = 0 } = after ?? {};
    const values = { ...filterValues(filter), until, limit, buriedAt, seq };
    return this.#statements.buried.all(values) as unknown as BuriedRow[];
  }

  redrive(filter: BuriedFilter, until: number, limit: number): number {
    const values = { ...filterValues(filter), until, limit, now: Date.now() };
    return Number(this.#statements.redrive.run(values).changes);
  }

  hold(row: NewRow, leaseMs: number): void {
    this.#statements.hold.run({ ...row, due: Date.now() + leaseMs });
  }

  release(id: string, row: NewRow): void {
    if (row.id !== id) this.discard(id);
    this.#statements.release.run({ ...row, due: Date.now() });
  }

  discard(id: string): void {
    this.#statements.discard.run({ id });
  }
}

interface StatsRow {
  readonly pending: number;
  readonly allLeased: number;
  readonly allHeld: number;
  readonly buried: number;
  /** Whose lease has not run out. */
  readonly leased: number;
  readonly held: number;
  readonly oldest: number | null;
}

function filterValues({ id, action, organizationId }: BuriedFilter): Record<string, string | null> {
  return { id: id ?? null, action: action ?? null, organization: organizationId ?? null };
}
