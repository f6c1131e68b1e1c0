import type { Logger } from '@nestjs/common';
import { messageOf } from '../event/text.js';
import type { AuditOutbox, ClaimedEntry } from '../outbox/outbox.js';
import { Signal } from './signal.js';

/** The reader of a queue. */
export interface Demand {
  /** How many entries are wanted now. */
  room(): number;
  /** Milliseconds until it should be asked again at the latest. */
  waitMs(): number;
  /** Whether it has an entry already. */
  has(id: string): boolean;
  /** There are entries to take. */
  supplied(): void;
}

interface Ready {
  readonly entry: ClaimedEntry;
  /** Monotonic. */
  readonly claimedAt: number;
}

/**
 * Claims entries a little ahead of those who send them, so that no send waits for the outbox.
 *
 * Claimed entries that are not taken in a third of their lease are given back, and so are all at the end; what is taken can
 * thus be sent and noted within its lease. The outbox is asked when there is room and, if it was empty, when something was
 * appended or `pollMs` have passed.
 */
export class Supply {
  readonly #ready = new Map<string, Ready>();
  readonly #signal = new Signal();
  /**
   * Claimed while it was under way: its lease ran out early, since the clock was set, or it was put off and claimed again
   * before the answer to that was read. What then becomes of it counts; if it is still leased after that, it is given back.
   */
  readonly #again = new Set<string>();
  #loop?: Promise<void>;
  #stopping = false;
  /** The outbox had nothing that is due when it was asked last, and nothing was announced since. */
  #empty = false;
  #announced = false;

  constructor(
    private readonly outbox: AuditOutbox,
    private readonly demand: Demand,
    private readonly logger: Pick<Logger, 'error'>,
    private readonly options: { readonly leaseMs: number; readonly pollMs: number },
  ) {}

  get size(): number {
    return this.#ready.size;
  }

  /** Nothing is ready, and as far as is known nothing in the outbox is due. */
  get idle(): boolean {
    return this.#empty && this.#ready.size === 0;
  }

  start(): void {
    this.#stopping = false;
    this.#loop ??= this.#run();
  }

  /** Claims no more, and gives back what was not taken. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#signal.raise();
    await this.#loop;
    this.#loop = undefined;
    await this.#giveBack([...this.#ready.keys()]);
  }

  /** Entries may have become due. */
  announce(): void {
    this.#announced = true;
    // Otherwise it is asked anyway, when there is room.
    if (this.#empty) this.#signal.raise();
    this.#empty = false;
  }

  /** There may be room. */
  demanded(): void {
    if (!this.#empty && this.demand.room() > 0) this.#signal.raise();
  }

  /** The one that was claimed first. */
  take(): ClaimedEntry | undefined {
    const now = performance.now();
    for (const { entry, claimedAt } of this.#ready.values()) {
      if (this.#isStale(claimedAt, now)) continue;
      this.#ready.delete(entry.id);
      return entry;
    }
    return undefined;
  }

  /** From now on waiting keeps the process alive, until the answered function is called. */
  keepAlive(): () => void {
    return this.#signal.keepAlive();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#giveBack(this.#surplus());
      const room = this.demand.room();
      if (room > 0) await this.#claim(room);
      if (this.#stopping) return;
      if (room <= 0) await this.#signal.wait(Math.min(this.options.pollMs, this.demand.waitMs()));
      else if (this.#empty) await this.#signal.wait(this.options.pollMs);
    }
  }

  async #claim(limit: number): Promise<void> {
    this.#empty = false;
    this.#announced = false;
    const claimedAt = performance.now();
    let entries: ClaimedEntry[];
    try {
      entries = await this.outbox.claim(limit, this.options.leaseMs);
    } catch (error) {
      this.logger.error(`The outbox (${this.outbox.name}) gives no events: ${messageOf(error)}. Trying again.`);
      return this.#signal.pause(1_000);
    }
    const fresh = entries.filter(({ id }) => !this.#ready.has(id) && !this.demand.has(id));
    for (const entry of fresh) this.#ready.set(entry.id, { entry, claimedAt });
    for (const { id } of entries) if (this.demand.has(id)) this.#again.add(id);
    this.#empty = fresh.length === 0 && !this.#announced;
    if (fresh.length > 0) this.demand.supplied();
  }

  #surplus(): string[] {
    const stale = [...this.#ready.values()].filter(({ claimedAt }) => this.#isStale(claimedAt));
    const again = [...this.#again].filter((id) => !this.demand.has(id));
    for (const id of again) this.#again.delete(id);
    return [...stale.map(({ entry }) => entry.id), ...again];
  }

  #isStale(claimedAt: number, now = performance.now()): boolean {
    return now - claimedAt > this.options.leaseMs / 3;
  }

  /** What cannot be given back comes back by itself when its lease has run out. */
  async #giveBack(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    for (const id of ids) this.#ready.delete(id);
    try {
      if (this.outbox.unclaim) return await this.outbox.unclaim(ids);
      for (const id of ids) await this.outbox.retry(id, new Date(), { message: 'It was claimed, and not tried.' });
    } catch (error) {
      this.logger.error(
        `The outbox (${this.outbox.name}) did not take back ${ids.length} events that were not tried: ` +
          `${messageOf(error)}. They are sent after ${this.options.leaseMs} ms.`,
      );
    }
  }
}
