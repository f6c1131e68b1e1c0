/** So many may be forgotten by whoever took them before those that are over are removed. */
const MAX_FORGOTTEN = 10_000;

/**
 * The leases that this process has taken, by the monotonic clock: the one in the file is set by people, and when it is, the
 * leases of all that is on its way seem to have run out.
 */
export class SqliteLeases {
  readonly #ends = new Map<string, number>();

  begin(id: string, leaseMs: number, now = performance.now()): void {
    this.#ends.set(id, now + leaseMs);
    if (this.#ends.size <= MAX_FORGOTTEN) return;
    for (const [other, end] of this.#ends) if (end <= now) this.#ends.delete(other);
  }

  end(id: string): void {
    this.#ends.delete(id);
  }

  /** Milliseconds that are left of it; 0 when it is over, or none of ours. */
  left(id: string, now = performance.now()): number {
    return Math.ceil(Math.max(0, (this.#ends.get(id) ?? 0) - now));
  }
}
