import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { WAL_BYTES } from './sqlite.file.js';
import type { SqliteSettings } from './sqlite.protocol.js';
import { pragma } from './sqlite.schema.js';

const INTERVAL_MS = 100;
/** Until the next try when somebody is in the way. */
const BUSY_MS = 1_000;
/** Free pages that stay in the file for the next events: 1 MiB. */
const SPARE_PAGES = 256;
/** Given back to the disk at a time, so that no event waits long behind it. */
const STEP_PAGES = 1_024;

/** Gives the disk back what a backlog took: the file's free pages in small steps, then the write-ahead log. */
export class SqliteUpkeep {
  #timer?: NodeJS.Timeout;
  readonly #db: DatabaseSync;
  readonly #settings: SqliteSettings;

  constructor(db: DatabaseSync, settings: SqliteSettings) {
    this.#db = db;
    this.#settings = settings;
  }

  /** Something was written. */
  schedule(delayMs = INTERVAL_MS): void {
    this.#timer ??= setTimeout(() => this.#run(), delayMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    this.stop();
    try {
      this.#db.exec('PRAGMA busy_timeout = 0'); // never waits for a lock: there is a next time
      if (this.#shrink()) this.schedule();
      else if (this.#hasExcess() && !this.#checkpoint()) this.schedule(BUSY_MS);
    } catch {
      this.schedule(BUSY_MS); // another process writes, or the disk fails, which the next call will say
    } finally {
      this.#db.exec(`PRAGMA busy_timeout = ${this.#settings.busyMs}`);
    }
  }

  /** @returns whether there is more to do */
  #shrink(): boolean {
    const surplus = pragma(this.#db, 'freelist_count') - SPARE_PAGES;
    if (surplus > 0) this.#db.exec(`PRAGMA incremental_vacuum(${Math.min(surplus, STEP_PAGES)})`);
    return surplus > STEP_PAGES;
  }

  /** A checkpoint would make the log or the file shorter. */
  #hasExcess(): boolean {
    const bytes = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const { file } = this.#settings;
    if (bytes(`${file}-wal`) > WAL_BYTES) return true;
    return bytes(file) > pragma(this.#db, 'page_count') * pragma(this.#db, 'page_size');
  }

  /** @returns whether nobody was in the way */
  #checkpoint(): boolean {
    return this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
  }
}
