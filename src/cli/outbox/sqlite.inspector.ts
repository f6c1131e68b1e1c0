import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuriedFilter, OutboxStats } from '../../outbox/outbox.js';
import { SqliteStore } from '../../outbox/sqlite/sqlite.store.js';
import type { BuriedSelection, ListQuery, OutboxInspector, OutboxItem, WholeItem } from './outbox.inspector.js';
import { explained, openToRead, openToWrite } from './sqlite.open.js';
import { type BuriedPageRow, type ItemRow, queries, toItem, toWholeItem, type WholeRow } from './sqlite.queries.js';

/** Events changed in one transaction. */
const PAGE = 500;
/** Between two of them, so that the application, which may wait for the lock, gets it. */
const PAUSE_MS = 10;

/** The file of a `sqliteOutbox`, which an application may have open. */
export class SqliteInspector implements OutboxInspector {
  readonly #db: DatabaseSync;
  readonly #close: () => void;
  readonly #store: SqliteStore;

  constructor(
    readonly name: string,
    access: 'read' | 'write',
  ) {
    const opened = access === 'read' ? openToRead(name) : openToWrite(name);
    [this.#db, this.#close] = [opened.db, opened.close];
    this.#store = this.#explained(() => new SqliteStore(this.#db));
  }

  async stats(): Promise<OutboxStats & { readonly bytes: number }> {
    const sizes = ['', '-wal'].map((end) => statSync(this.name + end, { throwIfNoEntry: false })?.size ?? 0);
    return this.#explained(() => ({ ...this.#store.stats(), bytes: sizes.reduce((sum, size) => sum + size) }));
  }

  async list({ state, limit, ...filter }: ListQuery): Promise<{ items: OutboxItem[]; total: number }> {
    const values = { ...filterValues(filter), now: Date.now() };
    return this.#explained(() => {
      this.#db.exec('BEGIN'); // so that both see the same
      const rows = this.#db.prepare(queries.list(state)).all({ ...values, limit }) as unknown as ItemRow[];
      const total = Number(this.#db.prepare(queries.total(state)).get(values)?.['total']);
      this.#db.exec('COMMIT');
      return { items: rows.map(toItem), total };
    });
  }

  async find(id: string): Promise<WholeItem | undefined> {
    const row = this.#explained(() => this.#db.prepare(queries.find).get({ id, now: Date.now() }));
    return row && toWholeItem(row as unknown as WholeRow);
  }

  async countBuried(selection: BuriedSelection): Promise<number> {
    const values = selectionValues(selection);
    return Number(this.#explained(() => this.#db.prepare(queries.countBuried).get(values))?.['total']);
  }

  async *redrive({ until, ...selection }: BuriedSelection): AsyncGenerator<number> {
    for (const filter of filtersOf(selection)) {
      let count: number;
      do {
        count = this.#explained(() => this.#store.redrive(filter, until, PAGE));
        yield count;
        if (count === PAGE) await sleep(PAUSE_MS);
      } while (count === PAGE);
    }
  }

  async *purge(selection: BuriedSelection, see: (items: WholeItem[]) => Promise<void>): AsyncGenerator<number> {
    let last: BuriedPageRow | undefined;
    do {
      const rows = this.#buriedAfter(last, selection);
      await see(rows.map(toWholeItem));
      yield this.#remove(rows);
      last = rows.length < PAGE ? undefined : rows.at(-1);
      if (last) await sleep(PAUSE_MS);
    } while (last);
  }

  async close(): Promise<void> {
    this.#close();
  }

  #buriedAfter(last: BuriedPageRow | undefined, selection: BuriedSelection): BuriedPageRow[] {
    const { buriedAt = -1, seq = 0 } = last ?? {};
    const values = { ...selectionValues(selection), now: Date.now(), buriedAt, seq, limit: PAGE };
    const rows = this.#explained(() => this.#db.prepare(queries.buriedPage).all(values));
    return rows as unknown as BuriedPageRow[];
  }

  /** @returns how many there still were */
  #remove(rows: readonly BuriedPageRow[]): number {
    return this.#explained(() => {
      const statement = this.#db.prepare(queries.remove);
      this.#db.exec('BEGIN IMMEDIATE');
      let removed = 0;
      for (const { seq, id, buriedAt } of rows) removed += Number(statement.run({ seq, id, buriedAt }).changes);
      this.#db.exec('COMMIT');
      return removed;
    });
  }

  /** A transaction that fails is ended by the end of the command. */
  #explained<T>(work: () => T): T {
    return explained(this.name, work);
  }
}

/** The outbox's own filters have one id at the most. */
function filtersOf({ ids, action, organizationId }: Omit<BuriedSelection, 'until'>): BuriedFilter[] {
  return ids.length === 0 ? [{ action, organizationId }] : ids.map((id) => ({ id, action, organizationId }));
}

function filterValues({ action, organizationId }: BuriedFilter): Record<string, string | null> {
  return { action: action ?? null, organization: organizationId ?? null };
}

function selectionValues({ ids, until, ...filter }: BuriedSelection): Record<string, string | number | null> {
  return { ...filterValues(filter), ids: JSON.stringify(ids), until };
}
