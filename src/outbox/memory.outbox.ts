import { AuditOutboxError } from '../audit.errors.js';
import type {
  AuditOutbox,
  BuriedEntry,
  BuriedFilter,
  ClaimedEntry,
  DeliveryError,
  OutboxEntry,
  OutboxStats,
} from './outbox.js';

/** Options of {@link memoryOutbox}. */
export interface MemoryOutboxOptions {
  /** Entries kept at the most, buried ones included; beyond it `append` fails. @default 10_000 */
  readonly capacity?: number;
}

interface Waiting {
  readonly entry: ClaimedEntry;
  readonly kind: 'retry' | 'lease' | 'hold';
  /** When it becomes due, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Keeps events in the memory of the process: for tests, and for those who accept that a crash loses what waits.
 *
 * @example
 * AuditModule.forRoot({ workos, outbox: memoryOutbox({ capacity: 50_000 }) })
 */
export function memoryOutbox(options: MemoryOutboxOptions = {}): AuditOutbox {
  return new MemoryOutbox(options.capacity ?? 10_000);
}

class MemoryOutbox implements AuditOutbox {
  readonly name = 'memory';
  /** Due now, in the order in which they became so. */
  readonly #due = new Map<string, ClaimedEntry>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #buried = new Map<string, BuriedEntry>();
  readonly #listeners = new Set<() => void>();
  #nextDueAt = Infinity;
  #closed = false;

  constructor(private readonly capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new AuditOutboxError(`memoryOutbox({ capacity }) must be a whole number of at least 1, not ${capacity}.`);
    }
  }

  async open(): Promise<void> {
    this.#closed = false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
  }

  async append(entries: readonly OutboxEntry[], options?: { transaction?: unknown }): Promise<void> {
    if (options?.transaction !== undefined) {
      throw new AuditOutboxError(
        'The memory outbox has no transactions; use an outbox in the database of the transaction.',
      );
    }
    this.#reserve(entries.length);
    for (const entry of entries) this.#due.set(entry.id, { ...entry, attempts: 0 });
    this.#wake();
  }

  async claim(limit: number, leaseMs: number): Promise<ClaimedEntry[]> {
    const now = Date.now();
    this.#collectDue(now);
    const claimed: ClaimedEntry[] = [];
    for (const entry of this.#due.values()) {
      if (claimed.length >= limit) break;
      claimed.push(entry);
    }
    for (const entry of claimed) {
      this.#due.delete(entry.id);
      this.#wait({ entry: { ...entry, attempts: entry.attempts + 1 }, kind: 'lease', at: now + leaseMs });
    }
    return claimed;
  }

  async complete(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#take(id);
  }

  async retry(id: string, at: Date, _error: DeliveryError): Promise<void> {
    const entry = this.#take(id);
    if (entry) this.#wait({ entry, kind: 'retry', at: at.getTime() });
  }

  async bury(id: string, error: DeliveryError): Promise<void> {
    const entry = this.#take(id);
    if (entry) this.#buried.set(id, { ...entry, buriedAt: Date.now(), error });
  }

  async stats(): Promise<OutboxStats> {
    this.#collectDue(Date.now());
    const count = { retry: 0, lease: 0, hold: 0 };
    let oldest = Infinity;
    for (const { kind, entry } of this.#waiting.values()) {
      count[kind] += 1;
      oldest = Math.min(oldest, entry.recordedAt);
    }
    for (const entry of this.#due.values()) oldest = Math.min(oldest, entry.recordedAt);
    return {
      pending: this.#due.size + count.retry,
      leased: count.lease,
      held: count.hold,
      buried: this.#buried.size,
      ...(oldest !== Infinity && { oldestAgeMs: Math.max(0, Date.now() - oldest) }),
    };
  }

  async *buried(filter?: BuriedFilter): AsyncGenerator<BuriedEntry> {
    for (const entry of this.#buried.values()) if (matches(entry, filter)) yield entry;
  }

  async redrive(filter?: BuriedFilter): Promise<number> {
    const chosen = [...this.#buried.values()].filter((entry) => matches(entry, filter));
    for (const { id, recordedAt, event } of chosen) {
      this.#buried.delete(id);
      this.#due.set(id, { id, recordedAt, event, attempts: 0 });
    }
    if (chosen.length > 0) this.#wake();
    return chosen.length;
  }

  onAppend(wake: () => void): () => void {
    this.#listeners.add(wake);
    return () => this.#listeners.delete(wake);
  }

  abandon(): OutboxEntry[] {
    const waiting = [...this.#waiting.values()].map(({ entry }) => entry);
    const entries = [...this.#due.values(), ...waiting, ...this.#buried.values()];
    for (const map of [this.#due, this.#waiting, this.#buried]) map.clear();
    return entries;
  }

  async hold(entry: OutboxEntry, leaseMs: number): Promise<void> {
    if (!this.#waiting.has(entry.id)) this.#reserve(1);
    this.#wait({ entry: { ...entry, attempts: 0 }, kind: 'hold', at: Date.now() + leaseMs });
  }

  async release(id: string, entry: OutboxEntry): Promise<void> {
    this.#take(id);
    this.#due.set(entry.id, { ...entry, attempts: 0 });
    this.#wake();
  }

  async discard(id: string): Promise<void> {
    this.#take(id);
  }

  #reserve(count: number): void {
    if (this.#closed) throw new AuditOutboxError('The memory outbox is closed.');
    const used = this.#due.size + this.#waiting.size + this.#buried.size;
    if (used + count > this.capacity) {
      throw new AuditOutboxError(
        `The memory outbox is full (${used} of ${this.capacity} events). Raise memoryOutbox({ capacity }) or use a durable outbox.`,
      );
    }
  }

  #take(id: string): ClaimedEntry | undefined {
    const entry = this.#waiting.get(id)?.entry ?? this.#due.get(id);
    this.#waiting.delete(id);
    this.#due.delete(id);
    return entry;
  }

  #wait(waiting: Waiting): void {
    this.#waiting.set(waiting.entry.id, waiting);
    this.#nextDueAt = Math.min(this.#nextDueAt, waiting.at);
  }

  /** Moves what has become due. The scan happens only when something can have. */
  #collectDue(now: number): void {
    if (now < this.#nextDueAt) return;
    this.#nextDueAt = Infinity;
    for (const [id, { entry, at }] of this.#waiting) {
      if (at > now) {
        this.#nextDueAt = Math.min(this.#nextDueAt, at);
        continue;
      }
      this.#waiting.delete(id);
      this.#due.set(id, entry);
    }
  }

  #wake(): void {
    for (const wake of this.#listeners) wake();
  }
}

function matches(entry: BuriedEntry, filter: BuriedFilter = {}): boolean {
  return (
    (filter.id === undefined || filter.id === entry.id) &&
    (filter.action === undefined || filter.action === entry.event.action) &&
    (filter.organizationId === undefined || filter.organizationId === entry.event.organizationId)
  );
}
