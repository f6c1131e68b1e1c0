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
  /** @param farMs nobody puts an entry off for longer, nor leases it: one that is due later is due now */
  claim(limit: number, leaseMs: number, farMs: number): ClaimedRow[];
  complete(ids: readonly string[]): void;
  retry(id: string, at: number, error: string): void;
  bury(id: string, error: string): void;
  unclaim(ids: readonly string[]): void;
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

/** Appends of one event each, which are nearly all that comes: together, since each message and object costs. */
export interface SqliteAppends {
  readonly calls: readonly number[];
  readonly rows: readonly NewRow[];
}

/** What goes to the thread in one message. */
export type SqliteMessage = readonly (SqliteCall | SqliteAppends)[];

/** Calls as they travel. */
export function pack(calls: readonly SqliteCall[]): SqliteMessage {
  const message: (SqliteCall | SqliteAppends)[] = [];
  let last: { calls: number[]; rows: NewRow[] } | undefined;
  for (const call of calls) {
    const [rows] = call.args as [NewRow[]?];
    const row = call.operation === 'append' && rows?.length === 1 ? rows[0] : undefined;
    if (row && last) {
      last.calls.push(call.call);
      last.rows.push(row);
    } else {
      last = row && { calls: [call.call], rows: [row] };
      message.push(last ?? call);
    }
  }
  return message;
}

/** The calls of a message. */
export function unpack(message: SqliteMessage): SqliteCall[] {
  return message.flatMap((one) =>
    'operation' in one
      ? [one]
      : one.calls.map((call, index): SqliteCall => ({ call, operation: 'append', args: [[one.rows[index]]] })),
  );
}

/** The answers to the calls of a message; one that is done and has no result is its number alone. */
export type SqliteAnswers = readonly (SqliteAnswer | number)[];

export type SqliteAnswer =
  { readonly call: number; readonly result: unknown } | { readonly call: number; readonly failure: string };
