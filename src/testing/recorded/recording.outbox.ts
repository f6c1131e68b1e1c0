import type { AuditOutbox, BuriedEntry, ClaimedEntry, OutboxEntry, OutboxStats } from '../../outbox/outbox.js';

/** Where the entries go. */
interface Sink {
  /** @throws when the outbox is to fail */
  accept(): void;
  add(entry: OutboxEntry): void;
}

/** An outbox whose events have arrived as soon as they are there: it never gives one to the dispatcher. */
export class RecordingOutbox implements AuditOutbox {
  readonly name = 'AuditTestingModule';
  readonly #held = new Set<string>();

  constructor(private readonly sink: Sink) {}

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  /** A transaction is not looked at: an event counts as recorded although its transaction may be rolled back. */
  async append(entries: readonly OutboxEntry[]): Promise<void> {
    this.sink.accept();
    for (const entry of entries) this.sink.add(entry);
  }

  async hold({ id }: OutboxEntry): Promise<void> {
    this.sink.accept();
    this.#held.add(id);
  }

  async release(id: string, entry: OutboxEntry): Promise<void> {
    this.#held.delete(id);
    this.sink.add(entry);
  }

  async discard(id: string): Promise<void> {
    this.#held.delete(id);
  }

  async stats(): Promise<OutboxStats> {
    return { pending: 0, leased: 0, held: this.#held.size, buried: 0 };
  }

  async claim(): Promise<ClaimedEntry[]> {
    return [];
  }

  async complete(): Promise<void> {}

  async retry(): Promise<void> {}

  async bury(): Promise<void> {}

  async *buried(): AsyncGenerator<BuriedEntry> {}

  async redrive(): Promise<number> {
    return 0;
  }
}
