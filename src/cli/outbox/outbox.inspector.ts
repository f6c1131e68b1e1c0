import type { DeliveryError, OutboxStats } from '../../outbox/outbox.js';

/** Where an event is. One whose lease has run out is pending again. */
export type EventState = 'pending' | 'leased' | 'held' | 'buried';

/** What is known of an event, but not the event itself. Times are milliseconds since the epoch. */
export interface OutboxItem {
  readonly id: string;
  readonly recordedAt: number;
  readonly action: string;
  readonly organizationId: string;
  readonly state: EventState;
  readonly attempts: number;
  /** When it is tried next; of one that is leased or held, when the lease runs out. */
  readonly dueAt?: number;
  readonly buriedAt?: number;
  /** Of the last attempt. */
  readonly error?: DeliveryError;
}

/** An item with its event. */
export interface WholeItem extends OutboxItem {
  readonly event: unknown;
}

/** Which events to list; all given fields must match. */
export interface ListQuery {
  readonly state: EventState | 'all';
  readonly action?: string;
  readonly organizationId?: string;
  readonly limit: number;
}

/** Which buried events are meant; all given fields must match. */
export interface BuriedSelection {
  /** Any of these; empty for any at all. */
  readonly ids: readonly string[];
  readonly action?: string;
  readonly organizationId?: string;
  /** Buried until this moment. */
  readonly until: number;
}

/**
 * What the `outbox` commands need of an outbox, while the application uses it. What changes events goes in pages, so that
 * the application never waits long for its turn, and tells how many each page had; what it has done stays done.
 */
export interface OutboxInspector {
  /** For people: the file, or the address without its password. */
  readonly name: string;
  /** The counts, and the bytes that it takes on the disk, where that can be told. */
  stats(): Promise<OutboxStats & { readonly bytes?: number }>;
  /** Oldest first, and how many there are without the limit. */
  list(query: ListQuery): Promise<{ readonly items: readonly OutboxItem[]; readonly total: number }>;
  find(id: string): Promise<WholeItem | undefined>;
  countBuried(selection: BuriedSelection): Promise<number>;
  /** Makes buried events due again. */
  redrive(selection: BuriedSelection): AsyncIterable<number>;
  /** Deletes buried events, each page after `see` has resolved for it, and only those that are still as they were seen. */
  purge(selection: BuriedSelection, see: (items: readonly WholeItem[]) => Promise<void>): AsyncIterable<number>;
  close(): Promise<void>;
}
