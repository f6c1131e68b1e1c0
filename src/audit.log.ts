/** Says the same thing once a minute and then how often it happened, so that a fault in a busy route does not flood the log. */
export class LogThrottle {
  readonly #seen = new Map<string, { until: number; unsaid: number }>();

  constructor(
    private readonly write: (message: string) => void,
    private readonly periodMs = 60_000,
  ) {}

  log(message: string, now = performance.now()): void {
    const entry = this.#seen.get(message);
    if (entry && now < entry.until) {
      entry.unsaid += 1;
      return;
    }
    // Messages may hold data of requests, so what is remembered is bounded.
    if (this.#seen.size >= 500) this.#seen.clear();
    this.#seen.set(message, { until: now + this.periodMs, unsaid: 0 });
    this.write(entry && entry.unsaid > 0 ? `${message} (and ${entry.unsaid} times before)` : message);
  }
}
