/** A burst is at most this much of a second's rate. */
const BURST_SECONDS = 0.1;
/** From any rate, the full one is reached again within about this time. */
const RECOVERY_SECONDS = 30;
const MIN_RATE = 1;

/**
 * Keeps the pace: a token bucket whose rate halves when WorkOS says 429 and recovers step by step (additive increase,
 * multiplicative decrease), so that instances which share one key find a fair share without talking to each other.
 *
 * Times are monotonic milliseconds (`performance.now()`), so a clock that jumps changes nothing.
 */
export class Pacer {
  #rate: number;
  #tokens: number;
  #refilledAt: number;
  #heldUntil = -Infinity;
  #slowedAt = -Infinity;

  constructor(
    private readonly maxRate: number,
    now = performance.now(),
  ) {
    this.#rate = maxRate;
    this.#tokens = this.#burst;
    this.#refilledAt = now;
  }

  /** Sends a second at present. */
  get rate(): number {
    return this.#rate;
  }

  /** Milliseconds until the next send is allowed; 0 when it is now. */
  waitMs(now = performance.now()): number {
    this.#refill(now);
    const forToken = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / this.#rate) * 1_000;
    return Math.max(0, this.#heldUntil - now, forToken);
  }

  /** How many sends are allowed now. */
  allowance(now = performance.now()): number {
    return this.waitMs(now) > 0 ? 0 : Math.floor(this.#tokens);
  }

  take(): void {
    this.#tokens -= 1;
  }

  /** WorkOS said 429: all sends wait for `holdMs`, and then go at half the rate. Answers within one second count once. */
  slowDown(holdMs: number, now = performance.now()): void {
    this.#refill(now);
    this.#heldUntil = Math.max(this.#heldUntil, now + holdMs);
    if (now - this.#slowedAt < 1_000) return;
    this.#slowedAt = now;
    this.#rate = Math.max(Math.min(MIN_RATE, this.maxRate), this.#rate / 2);
    this.#tokens = Math.min(this.#tokens, this.#burst);
  }

  get #burst(): number {
    return Math.max(1, this.#rate * BURST_SECONDS);
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - Math.max(this.#refilledAt, Math.min(now, this.#heldUntil))) / 1_000;
    this.#refilledAt = now;
    this.#rate = Math.min(this.maxRate, this.#rate + (this.maxRate / RECOVERY_SECONDS) * seconds);
    this.#tokens = Math.min(this.#burst, this.#tokens + this.#rate * seconds);
  }
}
