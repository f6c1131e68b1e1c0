import type { AuditOutbox } from '../outbox/outbox.js';
import { Signal } from './signal.js';

/** Events that are completed together at the most, so that no call holds up the outbox for long. */
const MAX_BATCH = 100;

/**
 * Between the beginnings of two batches, unless so many wait that others could not be sent. Of a backlog that leaves at 1,000
 * a second it saves a sixth of the processor, most of it commits of SQLite; a single event is completed at once.
 */
const GATHER_MS = 10;

interface Delivered {
  readonly id: string;
  resolve(this: void): void;
  reject(this: void, error: unknown): void;
}

/** Tells the outbox which events have arrived, one call at a time: what arrives meanwhile is in the next. */
export class Completions {
  #delivered: Delivered[] = [];
  readonly #enough = new Signal();
  #running = false;

  /** @param many so many are not kept waiting for more */
  constructor(
    private readonly outbox: Pick<AuditOutbox, 'complete'>,
    private readonly many: number,
  ) {
    this.#enough.keepAlive();
  }

  /** Resolves when it is noted. Rejects, with all others of its batch, when that failed. */
  complete(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#delivered.push({ id, resolve, reject });
      if (!this.#running) void this.#run();
      else if (this.#delivered.length >= this.many) this.#enough.raise();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#delivered.length > 0) {
      const batch = this.#delivered.splice(0, MAX_BATCH);
      const end = performance.now() + GATHER_MS;
      try {
        await this.outbox.complete(batch.map(({ id }) => id));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      const left = end - performance.now();
      if (left > 0 && this.#delivered.length < this.many) await this.#enough.wait(left);
    }
    this.#running = false;
  }
}
