/**
 * A rate limiter: a bucket of `capacity` tokens that refills at `perSecond`.
 *
 * @example const bucket = new TokenBucket(4, 4); bucket.take() // 0, or the seconds until there is a token again
 */
export class TokenBucket {
  #tokens: number;
  #at = Date.now();

  constructor(
    private readonly capacity: number,
    private readonly perSecond: number,
  ) {
    this.#tokens = capacity;
  }

  /** Takes a token and returns 0, or takes none and returns how many seconds are left until the next. */
  take(): number {
    const now = Date.now();
    this.#tokens = Math.min(this.capacity, this.#tokens + (Math.max(0, now - this.#at) / 1000) * this.perSecond);
    this.#at = now;
    if (this.#tokens < 1) return (1 - this.#tokens) / this.perSecond;
    this.#tokens -= 1;
    return 0;
  }
}
