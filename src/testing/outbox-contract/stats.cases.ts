import assert from 'node:assert/strict';
import type { OutboxStats } from '../../outbox/outbox.js';
import { type ContractCases, type ContractContext, ids, LONG_MS } from './context.js';

const none = { pending: 0, leased: 0, held: 0, buried: 0 };

async function gauges({ outbox }: ContractContext): Promise<Omit<OutboxStats, 'oldestAgeMs'>> {
  const { pending, leased, held, buried } = await outbox.stats();
  return { pending, leased, held, buried };
}

export const statsCases: ContractCases = {
  'has nothing at first, and nothing that is old': async (context) => {
    assert.deepEqual(await gauges(context), none);
    assert.equal((await context.outbox.stats()).oldestAgeMs, undefined);
  },

  'counts what waits, is leased, is held and is buried': async (context) => {
    const { outbox } = context;
    const entries = await context.appended(6);
    await outbox.hold(context.entry(), LONG_MS);
    assert.deepEqual(await gauges(context), { ...none, pending: 6, held: 1 });
    const [a, b, c, d] = ids(await outbox.claim(4, LONG_MS));
    assert.deepEqual(await gauges(context), { pending: 2, leased: 4, held: 1, buried: 0 });
    await outbox.complete([a!]);
    await outbox.bury(b!, { message: 'no' });
    await outbox.retry(c!, new Date(Date.now() + LONG_MS), { message: 'down' });
    assert.deepEqual(await gauges(context), { pending: 3, leased: 1, held: 1, buried: 1 });
    assert.equal(await outbox.redrive(), 1);
    assert.deepEqual(await gauges(context), { pending: 4, leased: 1, held: 1, buried: 0 });
    await outbox.complete([d!]);
    assert.deepEqual(ids(await context.claimed(3)), [...ids(entries.slice(4)), b]);
  },

  'counts as waiting what was leased or held until its lease ran out': async (context) => {
    await context.appended(1);
    await context.outbox.claim(1, context.leaseMs);
    await context.outbox.hold(context.entry(), context.leaseMs);
    assert.deepEqual(await gauges(context), { ...none, leased: 1, held: 1 });
    await context.until(
      async () => (await gauges(context)).pending === 2,
      () => 'both to count as waiting',
    );
    assert.deepEqual(await gauges(context), { ...none, pending: 2 });
  },

  'counts intents that became events or were removed': async (context) => {
    const { outbox } = context;
    const [a, b] = [context.entry(), context.entry()];
    await outbox.hold(a, LONG_MS);
    await outbox.hold(b, LONG_MS);
    await outbox.release(a.id, a);
    assert.deepEqual(await gauges(context), { ...none, pending: 1, held: 1 });
    await outbox.discard(b.id);
    assert.deepEqual(await gauges(context), { ...none, pending: 1 });
  },

  'knows the age of the oldest that is not buried, whatever its state': async (context) => {
    const { outbox } = context;
    const age = async (): Promise<number> => ((await outbox.stats()).oldestAgeMs ?? -1) / 60_000;
    const minutesAgo = (minutes: number) => context.entry({}, Date.now() - minutes * 60_000);
    const [a, b, c] = [minutesAgo(2), minutesAgo(4), minutesAgo(6)];
    await outbox.append([a, b]);
    assert.equal(Math.floor(await age()), 4);
    await outbox.hold(c, LONG_MS);
    assert.equal(Math.floor(await age()), 6, 'of an intent');
    await outbox.discard(c.id);
    await outbox.claim(2, LONG_MS);
    assert.equal(Math.floor(await age()), 4, 'of one that is leased');
    await outbox.bury(b.id, { message: 'no' });
    assert.equal(Math.floor(await age()), 2, 'not of one that is buried');
    await outbox.complete([a.id]);
    assert.equal((await outbox.stats()).oldestAgeMs, undefined);
  },
};
