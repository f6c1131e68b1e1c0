import type { BuriedFilter, OutboxStats } from '../outbox.js';

/** How the file is opened; the thread gets it when it starts. */
export interface SqliteSettings {
  /** Absolute. */
  readonly file: string;
  readonly durability: 'full' | 'normal';
  /** Refuses events beyond it. */
  readonly maxBytes?: number;
  /** How long a lock of another process is waited for. */
  readonly busyMs: number;
}

/** An entry to be stored; `event` is JSON. */
export interface NewRow {
  readonly id: string;
  readonly recordedAt: number;
  readonly action: string;
  readonly organization: string;
  readonly event: string;
}

export interface ClaimedRow {
  readonly id: string;
  readonly recordedAt: number;
  readonly attempts: number;
  readonly event: string;
}

export interface BuriedRow extends ClaimedRow, BuriedCursor {
  readonly error: string;
}

/** The last row of a page, after which the next one begins. */
export interface BuriedCursor {
  readonly buriedAt: number;
  readonly seq: number;
}

/** What the thread can be asked for. Errors travel as JSON, times as milliseconds since the epoch. */
export interface SqliteOperations {
  /** Opens the file, unless it is open. */
  open(): void;
  append(rows: readonly NewRow[]): void;
  claim(limit: number, leaseMs: number): ClaimedRow[];
  complete(ids: readonly string[]): void;
  retry(id: string, at: number, error: string): void;
  bury(id: string, error: string): void;
  stats(): OutboxStats;
  /** The next of those buried until `until`; fewer than `limit` mean that it was the last page. */
  buried(filter: BuriedFilter, until: number, limit: number, after?: BuriedCursor): BuriedRow[];
  /** Of those buried until `until`, at most `limit`; answers how many. */
  redrive(filter: BuriedFilter, until: number, limit: number): number;
  hold(row: NewRow, leaseMs: number): void;
  release(id: string, row: NewRow): void;
  discard(id: string): void;
  /** Finishes, closes the file and ends the thread. */
  close(): void;
}

export type SqliteOperation = keyof SqliteOperations;

export interface SqliteCall {
  readonly call: number;
  readonly operation: SqliteOperation;
  readonly args: readonly unknown[];
}

export type SqliteAnswer =
  { readonly call: number; readonly result: unknown } | { readonly call: number; readonly failure: string };
