import { describe, expect, test } from 'vitest';
import { backoffMs } from '../src/delivery/backoff.js';
import { outcomeOf } from '../src/delivery/outcome.js';

describe('backoffMs()', () => {
  test('doubles from min to max, at least half of it, never more', () => {
    const bounds = { minMs: 1_000, maxMs: 300_000 };
    const most = [0, 1, 2, 8, 9, 40, 1e6].map((attempts) => backoffMs(attempts, bounds, () => 1));
    const least = [0, 1, 2, 8, 9, 40, 1e6].map((attempts) => backoffMs(attempts, bounds, () => 0));
    expect(most).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000, 300_000]);
    expect(least).toEqual(most.map((ms) => ms / 2));
  });
});

describe('outcomeOf()', () => {
  test('rubbish that is thrown is tried again', () => {
    for (const thrown of ['text', 7, null, {}, Object.create(null), new Error('', { cause: 'x' })]) {
      expect(outcomeOf({ thrown }).kind).toBe('retry');
    }
  });

  test('a Retry-After that makes no sense, or no end, does no harm', () => {
    const retryAfterMs = (retryAfter: string): number | undefined => {
      const outcome = outcomeOf({ answer: { status: 429, readable: true, retryAfter } }, 1_000_000);
      return 'retryAfterMs' in outcome ? outcome.retryAfterMs : undefined;
    };
    expect(retryAfterMs('soon')).toBeUndefined();
    expect(retryAfterMs('-5')).not.toBeLessThan(0);
    expect(retryAfterMs('0.5')).toBe(500);
    expect(retryAfterMs('999999999')).toBe(15 * 60_000);
    expect(retryAfterMs(new Date(1_000_000 - 60_000).toUTCString())).toBe(0);
  });

  test('a cycle of causes ends', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(outcomeOf({ thrown: error })).toMatchObject({ kind: 'retry', error: { message: 'loop' } });
  });
});
