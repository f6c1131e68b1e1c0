import { setTimeout as sleep } from 'node:timers/promises';

/** A little over a second, because requests do not arrive at the intervals in which they leave. */
const WINDOW_MS = 1_100;

/**
 * Lets at most `limit` requests go in any second, in the order in which they ask. Times are monotonic milliseconds.
 *
 * @example
 * const users = new RateWindow(4); await users.enter(performance.now() + 2_000);
 */
export class RateWindow {
  /** When the last requests went, or will go; oldest first. */
  readonly #starts: number[] = [];
  #heldUntil = -Infinity;

  constructor(private readonly limit: number) {}

  /**
   * Waits for its turn. The wait keeps no process alive.
   * @throws Error at once, if the turn would come after `deadline`; an AbortError, if `signal` is aborted
   */
  async enter(deadline: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const now = performance.now();
      const at = this.#next(now);
      if (at > deadline) throw new Error('too many lookups wait for their turn at the directory');
      this.#starts.push(at);
      if (this.#starts.length > this.limit) this.#starts.shift();
      if (at > now) await sleep(at - now, undefined, { ref: false, signal });
      // WorkOS may have said 429 in the meantime.
      if (this.#heldUntil <= performance.now()) return;
    }
  }

  /** WorkOS said 429: nobody goes for so many milliseconds. */
  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, performance.now() + ms);
  }

  #next(now: number): number {
    const oldest = this.#starts.length < this.limit ? undefined : this.#starts[0];
    return Math.max(now, this.#heldUntil, oldest === undefined ? -Infinity : oldest + WINDOW_MS);
  }
}
