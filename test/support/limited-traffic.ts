import { Pacer } from '../../src/delivery/pacer.js';

/** Whether a request is accepted at that millisecond; called with times that only grow. */
export type Limiter = (now: number) => boolean;

export function tokenBucket(perSecond: number, capacity: number): Limiter {
  let tokens = capacity;
  let at = 0;
  return (now) => {
    tokens = Math.min(capacity, tokens + ((now - at) / 1_000) * perSecond);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

export function fixedWindow(limit: number, ms: number): Limiter {
  let window = -1;
  let count = 0;
  return (now) => {
    if (Math.floor(now / ms) !== window) count = 0;
    window = Math.floor(now / ms);
    count += 1;
    return count <= limit;
  };
}

export function slidingWindow(limit: number, ms: number): Limiter {
  const accepted: number[] = [];
  return (now) => {
    while ((accepted[0] ?? now) <= now - ms) accepted.shift();
    if (accepted.length >= limit) return false;
    accepted.push(now);
    return true;
  };
}

export interface Traffic {
  readonly limiter: Limiter;
  /** The greatest rate of each instance, whose backlog has no end. */
  readonly rates: readonly number[];
  readonly from?: readonly number[];
  readonly to?: readonly number[];
  readonly seconds: number;
  readonly seed?: number;
}

interface Answer {
  readonly at: number;
  readonly sentAt: number;
  readonly accepted: boolean;
  readonly pacer: Pacer;
}

const ROUND_TRIP_MS = 50;
const STEP_MS = 0.5;

/** Pacers that share a limiter, in a time of their own: minutes take milliseconds, and each run is the same. */
export function traffic({ limiter, rates, from = [], to = [], seconds, seed = 1 }: Traffic) {
  const pacers = rates.map((rate, i) => new Pacer(rate, from[i] ?? 0));
  const late = rates.map(() => 0);
  const answers: Answer[] = [];
  const counts = { accepted: 0, refused: 0 };
  let state = seed;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;

  for (let now = 0; now < seconds * 1_000; now += STEP_MS) {
    while (answers[0] && answers[0].at <= now) {
      const { pacer, accepted, sentAt } = answers.shift() as Answer;
      if (accepted) pacer.answered(sentAt);
      else pacer.refused(sentAt, undefined, now);
    }
    const first = Math.floor(random() * pacers.length);
    for (let turn = 0; turn < pacers.length; turn += 1) {
      const i = (first + turn) % pacers.length;
      const pacer = pacers[i] as Pacer;
      if (now < (from[i] ?? 0) || now >= (to[i] ?? Infinity)) continue;
      while (pacer.waitMs(now) === 0) {
        pacer.take();
        const accepted = limiter(now);
        counts[accepted ? 'accepted' : 'refused'] += 1;
        if (accepted && now > seconds * 500) late[i] = (late[i] ?? 0) + 1;
        answers.push({ at: now + ROUND_TRIP_MS * (0.8 + 0.4 * random()), sentAt: now, accepted, pacer });
      }
    }
    answers.sort((a, b) => a.at - b.at);
  }
  const total = late.reduce((sum, count) => sum + count, 0);
  return { ...counts, seconds, shares: late.map((count) => count / total) };
}
