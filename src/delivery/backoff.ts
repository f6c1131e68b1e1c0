/** Bounds of the exponential back-off, in milliseconds. */
export interface BackoffOptions {
  /** @default 1_000 */
  readonly minMs: number;
  /** @default 300_000 */
  readonly maxMs: number;
}

/** Delay before the next attempt, doubled each time, half of it random so that instances do not march in step. */
export function backoffMs(attempts: number, { minMs, maxMs }: BackoffOptions, random = Math.random): number {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(attempts, 30));
  return Math.round(full / 2 + (random() * full) / 2);
}
