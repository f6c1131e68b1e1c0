import type { DatabaseSync } from 'node:sqlite';
import { explain, isBusy } from './sqlite.errors.js';
import type { SqliteAnswer, SqliteCall, SqliteSettings } from './sqlite.protocol.js';
import { pragma } from './sqlite.schema.js';
import type { SqliteStore } from './sqlite.store.js';

/** Runs calls that waited together in one transaction, so that one fsync serves them all. */
export class SqliteGroup {
  readonly #db: DatabaseSync;
  readonly #store: SqliteStore;
  readonly #settings: SqliteSettings;
  /** No transaction can be begun: the file must be opened anew. */
  broken = false;

  constructor(db: DatabaseSync, store: SqliteStore, settings: SqliteSettings) {
    this.#db = db;
    this.#store = store;
    this.#settings = settings;
  }

  /** One answer to each call. The calls of a transaction that fails are run again in halves, until the culprits are alone. */
  run(calls: readonly SqliteCall[]): SqliteAnswer[] {
    let writes: boolean;
    try {
      writes = calls.some((call) => this.#writes(call));
      if (writes) this.#db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      this.broken = !isBusy(error);
      return calls.map((call) => this.fail(call, error));
    }
    try {
      const answers = calls.map((call) => ({ call: call.call, result: this.#perform(call, writes) }));
      if (writes) this.#db.exec('COMMIT');
      return answers;
    } catch (error) {
      if (writes) this.#rollBack();
      const [first] = calls;
      if (calls.length === 1 && first) return [this.fail(first, error)];
      const half = calls.length >> 1;
      return [...this.run(calls.slice(0, half)), ...this.run(calls.slice(half))];
    }
  }

  fail({ call }: SqliteCall, error: unknown): SqliteAnswer {
    return { call, failure: explain(error, this.#settings) };
  }

  /** A claim that finds nothing writes nothing; so idle processes that poll one file do not fight for its lock. */
  #writes({ operation, args }: SqliteCall): boolean {
    if (operation === 'claim') return this.#store.hasDue(args[2] as number);
    return !['open', 'stats', 'buried'].includes(operation);
  }

  #perform({ operation, args }: SqliteCall, writes: boolean): unknown {
    if (operation === 'open' || operation === 'close') return undefined;
    if (operation === 'claim' && !writes) return []; // what has become due since then is for the next claim
    if (operation === 'append' || operation === 'hold') this.#checkSize();
    return (this.#store[operation] as (...values: readonly unknown[]) => unknown)(...args);
  }

  #checkSize(): void {
    const { file, maxBytes } = this.#settings;
    if (maxBytes === undefined) return;
    const pages = pragma(this.#db, 'page_count') - pragma(this.#db, 'freelist_count');
    if (pages * pragma(this.#db, 'page_size') >= maxBytes)
      throw new Error(`${file} has reached maxBytes (${maxBytes}).`);
  }

  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK');
    } catch {
      // SQLite has done so by itself, as it does when the disk is full.
    }
  }
}
