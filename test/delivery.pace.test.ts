import { describe, expect, test } from 'vitest';
import { Pacer } from '../src/delivery/pacer.js';
import { fixedWindow, type Limiter, slidingWindow, tokenBucket, traffic } from './support/limited-traffic.js';

/** Sends as fast as allowed from `from` to `to`, and answers how many it were. */
function send(pacer: Pacer, from: number, to: number): number {
  let count = 0;
  for (let now = from; now < to; now += Math.max(0.01, Math.min(pacer.waitMs(now), to))) {
    if (pacer.waitMs(now) > 0) continue;
    pacer.take();
    count += 1;
  }
  return count;
}

/** Sends a second from `now` on, but for the first, which waiting has earned. */
function rateAt(pacer: Pacer, now: number): number {
  send(pacer, now, now + 1);
  return send(pacer, now + 1, now + 1_001);
}

describe('a pacer', () => {
  test('allows the rate, and no burst that a limiter would mind', () => {
    const pacer = new Pacer(100, 0);
    expect(send(pacer, 0, 10_000)).toBeCloseTo(1_000, -1);
    expect(send(pacer, 100_000, 100_001)).toBe(4);
    expect(send(new Pacer(5_000, 0), 10_000, 10_002)).toBeLessThan(215);
  });

  test('makes good what a late timer has cost', () => {
    const pacer = new Pacer(90, 0);
    let count = 0;
    for (let now = 0; now < 60_000; now += 20) while (pacer.waitMs(now) === 0 && ++count) pacer.take();
    expect(count).toBeGreaterThan(60 * 90 * 0.98);
  });

  test('slows down at a 429 and holds everything, and those that were on their way count no more', () => {
    const pacer = new Pacer(100, 0);
    pacer.refused(0, 3_000, 1);
    pacer.refused(0.5, 500, 10);
    expect(pacer.waitMs(1_000)).toBe(2_001);
    expect(pacer.waitMs(3_001)).toBe(0);
    expect(rateAt(pacer, 3_001)).toBeGreaterThan(88);
    expect(rateAt(pacer, 4_001)).toBeLessThan(95);
  });

  test.each([undefined, 0])('a second 429 at once means far too fast, Retry-After %s', (retryAfter) => {
    const pacer = new Pacer(100, 0);
    pacer.refused(1, retryAfter, 1);
    pacer.answered(150);
    pacer.refused(200, retryAfter, 220);
    expect(rateAt(pacer, 400)).toBeLessThan(72);
    expect(rateAt(pacer, 60_000)).toBe(100);
  });

  test('while it is refused again and again, only the hold grows, and each time one send asks', () => {
    const pacer = new Pacer(100, 0);
    let now = 1;
    let last = 0;
    const holds: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      pacer.refused(now, undefined, now);
      holds.push((last = pacer.waitMs(now)));
      now += last;
      if (turn > 1) {
        expect(pacer.waitMs(now)).toBe(0);
        pacer.take();
        expect(pacer.waitMs(now + 60_000)).toBe(Infinity);
      }
      now += 10;
    }
    expect(holds.map(Math.round)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 8_000, 8_000, 8_000, 8_000, 8_000]);
    // Of one that was sent before, nothing is learnt.
    pacer.answered(0);
    expect(pacer.waitMs(now)).toBe(Infinity);
    pacer.answered(now);
    expect(rateAt(pacer, now)).toBeGreaterThan(85);
  });

  test('Retry-After is honoured, however long, and the rate is not low for hours after it', () => {
    const pacer = new Pacer(90, 0);
    pacer.refused(1, 900_000, 1);
    expect(pacer.waitMs(1)).toBe(900_000);
    expect(rateAt(pacer, 900_001)).toBeGreaterThan(79);
    expect(rateAt(pacer, 960_000)).toBe(90);
  });

  test('recovers to the full rate and never beyond, and never stops for good', () => {
    const pacer = new Pacer(8, 0);
    for (let now = 1; now < 20_000; now += 200) {
      pacer.refused(now, 0, now);
      pacer.answered(now + 1);
    }
    expect(send(pacer, 20_000, 50_000)).toBeGreaterThan(3);
    expect(send(pacer, 50_001, 51_000)).toBeLessThan(8);
    expect(rateAt(pacer, 120_000)).toBe(8);
    const slow = new Pacer(0.5, 0);
    slow.refused(1, 0, 1);
    expect(send(slow, 1_000, 101_000)).toBeGreaterThanOrEqual(44);
  });

  test('a clock that stands still or jumps back allows nothing extra', () => {
    const pacer = new Pacer(10, 10_000);
    pacer.take();
    expect(pacer.waitMs(10_000)).toBe(100);
    expect(pacer.waitMs(5_000)).toBe(100);
  });
});

describe('against a limiter that allows 100 a second', () => {
  test.each<[string, Limiter, number]>([
    ['a token bucket of a tenth of a second', tokenBucket(100, 10), 0.95],
    ['a token bucket of a second', tokenBucket(100, 100), 0.95],
    ['100 in each second', fixedWindow(100, 1_000), 0.9],
    ['6,000 in each minute', fixedWindow(6_000, 60_000), 0.95],
    ['6,000 in any minute', slidingWindow(6_000, 60_000), 0.95],
  ])(
    '%s: a pace that is twice too fast uses nearly all of it, and less than 1% is refused',
    (_name, limiter, share) => {
      const { accepted, refused, seconds } = traffic({ limiter, rates: [200], seconds: 240 });
      expect(accepted / (100 * seconds)).toBeGreaterThan(share);
      expect(refused / (accepted + refused)).toBeLessThan(0.01);
    },
  );

  test('a pace below it is never refused', () => {
    expect(traffic({ limiter: tokenBucket(100, 10), rates: [90], seconds: 60 })).toMatchObject({ refused: 0 });
  });

  test.each([2, 3, 4])('%i instances find it together, and a fair share each', (count) => {
    for (const seed of [1, 2, 3]) {
      const rates = Array.from({ length: count }, () => 90);
      const { accepted, refused, shares } = traffic({ limiter: tokenBucket(100, 10), rates, seconds: 400, seed });
      expect(accepted / 40_000).toBeGreaterThan(0.95);
      expect(refused / (accepted + refused)).toBeLessThan(0.01);
      // Of the second half; each 1 when it is fair.
      for (const share of shares) expect(share * count).toBeGreaterThan(0.5);
    }
  });

  test('an instance that comes later gets its share, and when the others go, the one that is left takes all', () => {
    const limiter = tokenBucket(100, 10);
    const late = traffic({ limiter, rates: [90, 90], from: [0, 60_000], seconds: 300 });
    for (const share of late.shares) expect(share).toBeGreaterThan(0.3);
    const left = traffic({
      limiter: tokenBucket(100, 10),
      rates: [90, 90, 90],
      to: [Infinity, 60_000, 60_000],
      seconds: 160,
    });
    expect(left.accepted).toBeGreaterThan(60 * 95 + 100 * 75);
  });
});
