import type { AuditEvent } from '../event/event.js';

/** An event on its way. `id` is also its idempotency key at WorkOS, made with the event and kept for good. */
export interface OutboxEntry {
  readonly id: string;
  /** When it was recorded, in milliseconds since the epoch. */
  readonly recordedAt: number;
  readonly event: AuditEvent;
}

/** No entry is put off for longer than this. One that is due later was put off while the clock was ahead. */
export const MAX_DELAY_MS = 60 * 60_000;

/** An entry that is leased to the caller. */
export interface ClaimedEntry extends OutboxEntry {
  /** How often it has been tried before. */
  readonly attempts: number;
}

/** Why an attempt failed, as it is kept beside the entry. */
export interface DeliveryError {
  readonly message: string;
  /** HTTP status of WorkOS's answer; absent when there was none. */
  readonly status?: number;
  /** WorkOS's error code, such as `invalid_audit_log`, or a network code such as `ECONNREFUSED`. */
  readonly code?: string;
  /** WorkOS's `X-Request-ID`, for its support. */
  readonly requestId?: string;
}

/** An entry that WorkOS will not take, kept for a person to look at. */
export interface BuriedEntry extends ClaimedEntry {
  readonly buriedAt: number;
  readonly error: DeliveryError;
}

/** Narrows down buried entries; all given fields must match. */
export interface BuriedFilter {
  readonly id?: string;
  readonly action?: string;
  readonly organizationId?: string;
}

/** Where the entries of an outbox are. */
export interface OutboxStats {
  /** Waiting, due now or later. */
  readonly pending: number;
  /** Claimed, and the lease has not run out. */
  readonly leased: number;
  /** Intents of handlers that still run. */
  readonly held: number;
  readonly buried: number;
  /** Milliseconds since the oldest entry that is not buried was recorded; `undefined` when there is none. */
  readonly oldestAgeMs?: number;
}

/**
 * Where events wait between the request and WorkOS.
 *
 * An implementation must never lose an entry that `append` accepted, must never give one entry to two callers at a time,
 * and must leave an entry alone that a call names but that is no longer there.
 */
export interface AuditOutbox {
  /** Human name for logs, such as `memory` or a file. */
  readonly name: string;
  /** How long the boot waits for `open()`, in milliseconds. @default 10_000 */
  readonly openTimeoutMs?: number;
  /** Makes it ready, at boot. A rejection stops the application, with its message. */
  open(): Promise<void>;
  /** Lets go of what it holds open, at the shutdown. What waits stays. */
  close(): Promise<void>;
  /** Resolves once the entries survive a crash of the process (memory: once accepted). */
  append(entries: readonly OutboxEntry[], options?: { transaction?: unknown }): Promise<void>;
  /** The transaction of the application that is open where it is called, for `append`; only where there may be one. */
  currentTransaction?(): unknown;
  /** Entries that are due, oldest first, leased to the caller: others see them again only after the lease. */
  claim(limit: number, leaseMs: number): Promise<ClaimedEntry[]>;
  /** Removes entries that WorkOS has. */
  complete(ids: readonly string[]): Promise<void>;
  /** Puts an entry back, due at `at`, which is an hour ahead at the most. */
  retry(id: string, at: Date, error: DeliveryError): Promise<void>;
  /** Puts an entry aside, with the reason why it is not tried again. */
  bury(id: string, error: DeliveryError): Promise<void>;
  /**
   * Puts entries back that were claimed and not tried: due now, before those that were recorded later, and the attempt does
   * not count. Without it they are put back with `retry`.
   */
  unclaim?(ids: readonly string[]): Promise<void>;
  /** How many entries are where. */
  stats(): Promise<OutboxStats>;
  /** The entries that were put aside, the oldest first. */
  buried(filter?: BuriedFilter): AsyncIterable<BuriedEntry>;
  /** Makes buried entries due again, as new; answers how many. */
  redrive(filter?: BuriedFilter): Promise<number>;
  /** Calls `wake` whenever entries become due; answers a function that ends it. */
  onAppend?(wake: () => void): () => void;
  /**
   * Only for an outbox whose entries die with the process: takes out all that waits, and gives it together with what is
   * buried, which stays and has its `buriedAt`, so that the shutdown can print all of it whole and the statistics still
   * add up. An outbox without it is taken to be durable.
   */
  abandon?(): (OutboxEntry | BuriedEntry)[];
  /** Stores an intent, not due until the lease runs out. Held again, its lease begins anew. */
  hold(entry: OutboxEntry, leaseMs: number): Promise<void>;
  /** Turns an intent into its final event, due now. */
  release(id: string, entry: OutboxEntry, options?: { transaction?: unknown }): Promise<void>;
  /** Removes an intent. */
  discard(id: string): Promise<void>;
}
