import type { App, AppStats } from './child.js';

/** Where events are, one of them in each place at a time. */
const inOutbox = ({ pending, leased, held, buried }: AppStats): number => pending + leased + held + buried;

/** recorded − (delivered + waiting + buried + dropped): 0, but for requests and deliveries under way. */
export function imbalance(stats: AppStats): number {
  return stats.recorded - stats.delivered - stats.dropped - inOutbox(stats);
}

/**
 * The same while requests come in and events leave: the counters are read before the outbox, and once more after it, so that
 * the true ones are between these. @returns how far what is in the outbox is beyond what they allow
 */
export async function imbalanceUnderWay(app: App, underWay: number): Promise<number> {
  const before = await app.stats();
  const after = await app.stats();
  const most = after.recorded - before.delivered - before.dropped + underWay;
  const least = before.recorded - after.delivered - after.dropped - underWay;
  return Math.max(0, inOutbox(before) - most, least - inOutbox(before));
}

/** Calls `observe` again and again until the work is done. @returns how often */
export async function during(work: Promise<void>, observe: () => Promise<void>): Promise<number> {
  const state = { done: false };
  const end = work.finally(() => (state.done = true));
  let times = 0;
  for (; !state.done; times += 1) await observe();
  await end;
  return times;
}
