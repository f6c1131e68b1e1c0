import { describe, expect, test } from 'vitest';
import { backoffMs } from '../src/delivery/backoff.js';
import { outcomeOf } from '../src/delivery/outcome.js';
import { Pacer } from '../src/delivery/pacer.js';

describe('backoffMs()', () => {
  test('doubles from min to max, at least half of it, never more', () => {
    const bounds = { minMs: 1_000, maxMs: 300_000 };
    const most = [0, 1, 2, 8, 9, 40, 1e6].map((attempts) => backoffMs(attempts, bounds, () => 1));
    const least = [0, 1, 2, 8, 9, 40, 1e6].map((attempts) => backoffMs(attempts, bounds, () => 0));
    expect(most).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000, 300_000]);
    expect(least).toEqual(most.map((ms) => ms / 2));
  });
});

describe('Pacer', () => {
  /** Sends as fast as allowed from `from` to `to`, and answers how many it were. */
  function send(pacer: Pacer, from: number, to: number): number {
    let count = 0;
    for (let now = from; now < to; now += Math.max(0.01, pacer.waitMs(now))) {
      if (pacer.waitMs(now) > 0) continue;
      pacer.take();
      count += 1;
    }
    return count;
  }

  test('allows the rate, with a burst of a tenth of a second', () => {
    const pacer = new Pacer(100, 0);
    expect(pacer.allowance(0)).toBe(10);
    const sent = send(pacer, 0, 10_000);
    expect(sent).toBeGreaterThanOrEqual(1_000);
    expect(sent).toBeLessThanOrEqual(1_011);
  });

  test('halves at 429 and holds everything, and answers of the same second count once', () => {
    const pacer = new Pacer(100, 0);
    pacer.slowDown(3_000, 0);
    pacer.slowDown(500, 10);
    expect(pacer.rate).toBe(50);
    expect(pacer.waitMs(1_000)).toBe(2_000);
    expect(pacer.allowance(2_999)).toBe(0);
    expect(pacer.allowance(3_001)).toBeGreaterThan(0);
    pacer.slowDown(0, 3_100);
    expect(pacer.rate).toBeLessThan(27);
  });

  test('recovers step by step to the full rate, and never beyond', () => {
    const pacer = new Pacer(90, 0);
    pacer.slowDown(0, 0);
    pacer.waitMs(5_000);
    expect(pacer.rate).toBeGreaterThan(50);
    expect(pacer.rate).toBeLessThan(70);
    pacer.waitMs(60_000);
    expect(pacer.rate).toBe(90);
  });

  test('does not recover while it holds, and never stops for good', () => {
    const pacer = new Pacer(8, 0);
    for (let now = 0; now < 20_000; now += 1_000) pacer.slowDown(1_000, now);
    expect(pacer.rate).toBeGreaterThanOrEqual(1);
    expect(pacer.rate).toBeLessThan(1.5);
    const slow = new Pacer(0.5, 0);
    slow.slowDown(0, 0);
    expect(slow.rate).toBe(0.5);
  });

  test('a clock that stands still or jumps back allows nothing extra', () => {
    const pacer = new Pacer(10, 10_000);
    pacer.take();
    expect(pacer.allowance(10_000)).toBe(0);
    expect(pacer.waitMs(5_000)).toBe(100);
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
