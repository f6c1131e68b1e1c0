import { guarded, type Guarded } from '../event/guarded.js';

/** An answer that is out for so long is taken to be lost, and the question is asked again. */
const LOST_AFTER_MS = 30_000;

/**
 * Asks what may fail or hang, such as the statistics of an outbox. Each asker waits for a bounded time, and all that ask
 * while an answer is out wait for the same one, so that a store that hangs is not asked over and over.
 */
export class Inquiry<T> {
  #out?: { readonly answer: Promise<T>; readonly since: number };

  constructor(private readonly question: () => Promise<T>) {}

  ask(timeoutMs: number): Promise<Guarded<T>> {
    return guarded(() => this.#answer(), timeoutMs);
  }

  #answer(now = performance.now()): Promise<T> {
    if (this.#out && now - this.#out.since < LOST_AFTER_MS) return this.#out.answer;
    const out = { answer: this.#asked(() => this.#out === out && (this.#out = undefined)), since: now };
    this.#out = out;
    return out.answer;
  }

  async #asked(settled: () => void): Promise<T> {
    try {
      return await this.question();
    } finally {
      settled();
    }
  }
}
