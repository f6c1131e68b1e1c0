import { AuditOutboxError } from '../audit.errors.js';
import {
  type AuditOutbox,
  type BuriedEntry,
  type BuriedFilter,
  type ClaimedEntry,
  type DeliveryError,
  MAX_DELAY_MS,
  type OutboxEntry,
  type OutboxStats,
} from './outbox.js';
import { Turn } from './turn.js';

/** Options of {@link memoryOutbox}. */
export interface MemoryOutboxOptions {
  /** Entries kept at the most, buried ones included; beyond it `append` fails. @default 10_000 */
  readonly capacity?: number;
}

interface Waiting {
  readonly entry: ClaimedEntry;
  readonly kind: 'retry' | 'lease' | 'hold';
  /** When it becomes due, by the monotonic clock, so that a clock that is set changes nothing. */
  readonly at: number;
  /** The final event of an intent that was leased before it was released: due once the intent is settled. */
  readonly final?: OutboxEntry;
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
  /** Those of `#waiting` and `#due` that are held, or were until their lease ran out. */
  readonly #intents = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #turn = new Turn();
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
    refuseTransaction(options);
    const distinct = entries.length === 1 ? entries : new Map(entries.map((entry) => [entry.id, entry])).values();
    const added = [...distinct].filter(({ id }) => !this.#has(id));
    this.#reserve(added.length);
    for (const { id, recordedAt, event } of added) this.#due.set(id, { id, recordedAt, event, attempts: 0 });
    this.#wake();
    await this.#turn.end();
  }

  async claim(limit: number, leaseMs: number): Promise<ClaimedEntry[]> {
    const now = performance.now();
    this.#collectDue(now);
    const claimed: ClaimedEntry[] = [];
    for (const entry of this.#due.values()) {
      if (claimed.length >= limit) break;
      claimed.push(entry);
    }
    for (const entry of claimed) {
      this.#due.delete(entry.id);
      this.#intents.delete(entry.id);
      this.#wait({ entry: { ...entry, attempts: entry.attempts + 1 }, kind: 'lease', at: now + leaseMs });
    }
    return claimed;
  }

  async complete(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#settle(id);
  }

  async retry(id: string, at: Date, _error: DeliveryError): Promise<void> {
    const entry = this.#settle(id);
    const delayMs = Math.min(at.getTime() - Date.now(), MAX_DELAY_MS);
    if (entry) this.#wait({ entry, kind: 'retry', at: performance.now() + delayMs });
  }

  async bury(id: string, error: DeliveryError): Promise<void> {
    const entry = this.#settle(id);
    if (entry) this.#buried.set(id, { ...entry, buriedAt: Date.now(), error });
  }

  async unclaim(ids: readonly string[]): Promise<void> {
    const later = [...this.#due];
    this.#due.clear();
    for (const id of ids) {
      const leased = this.#waiting.get(id)?.kind === 'lease';
      const entry = leased && this.#settle(id);
      if (entry) this.#due.set(id, { ...entry, attempts: entry.attempts - 1 });
    }
    for (const [id, entry] of later) this.#due.set(id, entry);
    this.#wake();
  }

  async stats(): Promise<OutboxStats> {
    this.#collectDue(performance.now());
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
    const waiting = [...this.#waiting.values()].map(({ entry, final }) => final ?? entry);
    const entries = [...this.#due.values(), ...waiting, ...this.#buried.values()];
    for (const store of [this.#due, this.#waiting, this.#intents]) store.clear();
    return entries;
  }

  async hold(entry: OutboxEntry, leaseMs: number): Promise<void> {
    const at = performance.now() + leaseMs;
    if (this.#intents.has(entry.id)) {
      const held = this.#take(entry.id);
      if (held) this.#wait({ entry: held, kind: 'hold', at });
    } else if (!this.#has(entry.id)) {
      this.#reserve(1);
      this.#wait({ entry: { ...entry, attempts: 0 }, kind: 'hold', at });
    } else return;
    this.#intents.add(entry.id);
  }

  async release(id: string, entry: OutboxEntry, options?: { transaction?: unknown }): Promise<void> {
    refuseTransaction(options);
    if (id !== entry.id) await this.discard(id);
    const waiting = this.#waiting.get(entry.id);
    if (waiting?.kind === 'lease') {
      this.#waiting.set(entry.id, { ...waiting, final: entry });
      return;
    }
    this.#take(entry.id);
    this.#buried.delete(entry.id);
    this.#due.set(entry.id, { ...entry, attempts: 0 });
    this.#wake();
  }

  async discard(id: string): Promise<void> {
    if (this.#intents.has(id)) this.#take(id);
  }

  #has(id: string): boolean {
    return this.#due.has(id) || this.#waiting.has(id) || this.#buried.has(id);
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
    this.#intents.delete(id);
    return entry;
  }

  /** What was claimed, unless an event has taken the place of the intent meanwhile, which is due now. */
  #settle(id: string): ClaimedEntry | undefined {
    const final = this.#waiting.get(id)?.final;
    if (!final) return this.#intents.has(id) ? undefined : this.#take(id);
    this.#waiting.delete(id);
    this.#due.set(id, { ...final, attempts: 0 });
    this.#wake();
    return undefined;
  }

  #wait(waiting: Waiting): void {
    this.#waiting.set(waiting.entry.id, waiting);
    this.#nextDueAt = Math.min(this.#nextDueAt, waiting.at);
  }

  /** Moves what has become due. The scan happens only when something can have. */
  #collectDue(now: number): void {
    if (now < this.#nextDueAt) return;
    this.#nextDueAt = Infinity;
    const due: Waiting[] = [];
    for (const waiting of this.#waiting.values()) {
      if (waiting.at <= now) due.push(waiting);
      else this.#nextDueAt = Math.min(this.#nextDueAt, waiting.at);
    }
    for (const { entry, final } of due.toSorted((a, b) => a.at - b.at)) {
      this.#waiting.delete(entry.id);
      this.#due.set(entry.id, final ? { ...final, attempts: 0 } : entry);
    }
  }

  #wake(): void {
    for (const wake of this.#listeners) wake();
  }
}

function refuseTransaction(options?: { transaction?: unknown }): void {
  if (options?.transaction === undefined) return;
  throw new AuditOutboxError(
    'The memory outbox has no transactions; use an outbox in the database of the transaction, such as pgBossOutbox().',
  );
}

function matches(entry: BuriedEntry, filter: BuriedFilter = {}): boolean {
  return (
    (filter.id === undefined || filter.id === entry.id) &&
    (filter.action === undefined || filter.action === entry.event.action) &&
    (filter.organizationId === undefined || filter.organizationId === entry.event.organizationId)
  );
}
