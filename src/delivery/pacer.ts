/** So much of a second's rate may be made good at once when a timer was late; at least `MIN_BURST` sends. */
const BURST_SECONDS = 0.04;
const MIN_BURST = 3;
/** What is left of the rate after a 429, and after another one so soon that the rate is far too high. */
const DECREASE = 0.9;
const STEEP_DECREASE = 0.7;
const STEEP_WITHIN_MS = 1_500;
/** A limiter says 429 when its own burst is used up, so the limit is a little below the rate that was refused. */
const CEILING = 0.95;
/** How fast the rate departs from the ceiling, by the cube of the seconds, as a share of the greatest rate. */
const GROWTH = 3e-5;
/** A limit is looked for no sooner than after so many sends, which keeps the refused ones below 1%. */
const SENDS_BETWEEN_PROBES = 120;
/** The time between two holds is so much longer than a hold. */
const SPAN_OF_HOLD = 30;
/** The ceiling is reached again no sooner and no later. */
const MIN_SPAN_SECONDS = 2;
const MAX_SPAN_SECONDS = 30;
/** How long a 429 without `Retry-After` holds all sends; doubled while nothing gets through. */
const MIN_HOLD_MS = 100;
const MAX_HOLD_MS = 8_000;
/** So much of the greatest rate is always left, so that a WorkOS that says 429 at random costs no days. */
const LEAST = 1 / 20;

/**
 * Keeps the pace: a token bucket whose rate falls when WorkOS says 429 and then grows along a cubic, as the window of TCP
 * CUBIC does (RFC 9438): quickly while it is far below the rate that was refused, slowly near it, and ever quicker beyond.
 *
 * ```
 *   rate │ refused                     ╱    Growth is the same for all, and a fall is a share of one's own
 *        │╲               ____──────╯       rate: so instances that share one key come to a fair share
 *        │ ╲       __──╯  ceiling           without talking to each other.
 *        │  ╲___╱ hold
 *        └───────────────────────────── time
 * ```
 *
 * While one 429 follows another and nothing gets through, the limiter is closed and the rate says nothing: then only the
 * hold grows, and after each one a single send asks whether it is open again.
 *
 * Times are monotonic milliseconds (`performance.now()`), so a clock that jumps changes nothing.
 */
export class Pacer {
  #tokens = 1;
  #refilledAt: number;
  #heldUntil = -Infinity;
  /** When the rate fell last, from what is then the ceiling, and the seconds until it is there again. */
  #slowedAt = -Infinity;
  #floor: number;
  #ceiling: number;
  #span = MIN_SPAN_SECONDS;
  /** How often it was refused since something got through. */
  #refusals = 0;
  #probing = false;

  constructor(
    private readonly maxRate: number,
    now = performance.now(),
  ) {
    this.#floor = maxRate;
    this.#ceiling = maxRate;
    this.#refilledAt = now;
  }

  /** Sends a second at present. */
  get rate(): number {
    return this.#rateAt(performance.now());
  }

  /** Milliseconds until the next send is allowed; 0 when it is now, and `Infinity` when an answer decides. */
  waitMs(now = performance.now()): number {
    const rate = this.#refill(now);
    if (this.#probing) return Infinity;
    const forToken = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / rate) * 1_000;
    return Math.max(0, this.#heldUntil - now, forToken);
  }

  /** A send begins. */
  take(): void {
    this.#tokens -= 1;
    this.#probing = this.#refusals > 1;
  }

  /** What was sent at `sentAt` has ended otherwise than with 429. */
  answered(sentAt: number): void {
    if (sentAt <= this.#slowedAt) return;
    this.#refusals = 0;
    this.#probing = false;
  }

  /**
   * What was sent at `sentAt` was refused with 429. All sends wait, for `Retry-After` if there is one, and then go slower.
   * The others that were on their way count no more than the first one.
   */
  refused(sentAt: number, retryAfterMs?: number, now = performance.now()): void {
    const rate = this.#refill(now);
    if (retryAfterMs !== undefined) this.#hold(now, retryAfterMs);
    if (sentAt <= this.#slowedAt) return;
    if (retryAfterMs === undefined) this.#hold(now, Math.min(MIN_HOLD_MS * 2 ** this.#refusals, MAX_HOLD_MS));
    if (this.#refusals === 0) this.#fall(rate, now);
    this.#refusals += 1;
    this.#probing = false;
    this.#slowedAt = now;
    this.#tokens = Math.min(this.#tokens, 1);
  }

  #hold(now: number, ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, now + ms);
  }

  #fall(rate: number, now: number): void {
    const steep = now - this.#slowedAt < STEEP_WITHIN_MS;
    this.#floor = Math.max(this.maxRate * LEAST, rate * (steep ? STEEP_DECREASE : DECREASE));
    this.#ceiling = Math.max(this.#floor, steep ? (rate + this.#floor) / 2 : rate * CEILING);
    const span = Math.max(
      MIN_SPAN_SECONDS,
      Math.cbrt((this.#ceiling - this.#floor) / (GROWTH * this.maxRate)),
      SENDS_BETWEEN_PROBES / this.#ceiling,
      (SPAN_OF_HOLD * (this.#heldUntil - now)) / 1_000,
    );
    this.#span = Math.min(span, MAX_SPAN_SECONDS);
  }

  #rateAt(now: number): number {
    if (this.#slowedAt === -Infinity) return this.maxRate;
    const seconds = Math.max(0, now - Math.max(this.#slowedAt, this.#heldUntil)) / 1_000;
    const beyond = seconds - this.#span;
    const growth = beyond > 0 ? GROWTH * this.maxRate : (this.#ceiling - this.#floor) / this.#span ** 3;
    return Math.min(this.maxRate, this.#ceiling + growth * beyond ** 3);
  }

  #refill(now: number): number {
    const rate = this.#rateAt(now);
    const seconds = Math.max(0, now - Math.max(this.#refilledAt, Math.min(now, this.#heldUntil))) / 1_000;
    this.#refilledAt = now;
    this.#tokens = Math.min(Math.max(MIN_BURST, rate * BURST_SECONDS), this.#tokens + rate * seconds);
    return rate;
  }
}
