import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BuriedFilter, OutboxStats } from '../outbox.js';
import { SqliteLeases } from './sqlite.leases.js';
import type { BuriedCursor, BuriedRow, ClaimedRow, NewRow, SqliteOperations } from './sqlite.protocol.js';
import { sql } from './sqlite.statements.js';

/** The operations on an open file. Whoever calls one that writes has begun a transaction. */
export class SqliteStore implements Omit<SqliteOperations, 'open' | 'close'> {
  readonly #statements: { readonly [name in keyof typeof sql]: StatementSync };
  readonly #leased = new SqliteLeases();
  readonly #held = new SqliteLeases();

  constructor(db: DatabaseSync) {
    const prepared = Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]);
    this.#statements = Object.fromEntries(prepared) as { [name in keyof typeof sql]: StatementSync };
  }

  /** Whether a claim would find something; needs no transaction. */
  hasDue(farMs: number): boolean {
    const now = Date.now();
    return this.#statements.anyDue.get({ now, far: now + farMs }) !== undefined;
  }

  append(rows: readonly NewRow[]): void {
    const due = Date.now();
    for (const { id, action, organization, recordedAt, event } of rows) {
      this.#statements.append.run(id, action, organization, recordedAt, due, event);
    }
  }

  claim(limit: number, leaseMs: number, farMs: number): ClaimedRow[] {
    const now = Date.now();
    const rows = this.#free(now, () => this.#statements.due.all({ now, limit }));
    const left = limit - rows.length;
    if (left > 0) rows.push(...this.#free(now, () => this.#statements.stray.all({ far: now + farMs, limit: left })));
    for (const { seq, id } of rows) {
      this.#statements.lease.run({ seq, due: now + leaseMs });
      this.#leased.begin(id, leaseMs);
    }
    return rows.map(({ id, recordedAt, attempts, event }) => ({ id, recordedAt, attempts, event }));
  }

  unclaim(ids: readonly string[]): void {
    const now = Date.now();
    for (const id of ids) {
      this.#leased.end(id);
      this.#statements.unclaim.run({ id, now });
    }
  }

  complete(ids: readonly string[]): void {
    const now = Date.now();
    for (const id of ids) {
      this.#leased.end(id);
      const { changes } = this.#statements.complete.run({ id });
      if (changes === 0) this.#statements.completeReplaced.run({ id, now });
    }
  }

  retry(id: string, at: number, error: string): void {
    this.#leased.end(id);
    this.#statements.retry.run({ id, at, error, now: Date.now() });
  }

  bury(id: string, error: string): void {
    this.#leased.end(id);
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
    this.#held.begin(row.id, leaseMs);
  }

  release(id: string, row: NewRow): void {
    if (row.id !== id) this.discard(id);
    this.#held.end(id);
    this.#statements.release.run({ ...row, due: Date.now() });
  }

  discard(id: string): void {
    this.#held.end(id);
    this.#statements.discard.run({ id });
  }

  /** What is found; when the lease of some seems to have run out only because the clock was set, that is put right before. */
  #free(now: number, find: () => unknown): DueRow[] {
    for (;;) {
      const rows = find() as DueRow[];
      let taken = 0;
      for (const { seq, id, state } of rows) {
        const leftMs = state === 'held' ? this.#held.left(id) : state === 'leased' ? this.#leased.left(id) : 0;
        if (leftMs === 0) continue;
        this.#statements.extend.run({ seq, due: now + leftMs });
        taken += 1;
      }
      if (taken === 0) return rows;
    }
  }
}

interface DueRow extends ClaimedRow {
  readonly seq: number;
  readonly state: string;
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
