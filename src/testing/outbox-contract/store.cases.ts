import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AuditEvent } from '../../event/event.js';
import { type ContractCases, ids, LONG_MS } from './context.js';

const error = { message: 'down' };

/** Events that a careless store changes. */
const odd: Record<string, Partial<AuditEvent>> = {
  'of many scripts': { metadata: { text: 'Zoë 日本語 ‮עברית‬ 👩🏽‍🚀 \u2028 \uFFFD' }, action: 'über.größe' },
  'with quotes, backslashes and control characters': {
    metadata: { text: `'"\\\n\r\t\u0001; DROP TABLE x; -- %s $1 :id` },
  },
  'of 60 kB': { metadata: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, 'é'.repeat(1_000)])) },
  'with a version': { version: 7 },
  'with empty texts and odd numbers': { metadata: { '': '', a: -0.1, b: 9_007_199_254_740_991, c: 1e-9, d: false } },
  'without targets': { targets: [] },
};

export const storeCases: ContractCases = {
  'gives back what it got': async (context) => {
    const entries = Object.values(odd).map((event) => context.entry(event));
    await context.outbox.append(entries);
    const claimed = await context.claimed(entries.length);
    const names = Object.keys(odd);
    for (const [i, { id, recordedAt, event }] of entries.entries()) {
      assert.deepEqual(claimed[i], { id, recordedAt, event, attempts: 0 }, `an event ${names[i]}`);
    }
  },

  'gives the oldest first, and no more than was asked for': async (context) => {
    const entries = await context.appended(7);
    const batches = [];
    for (const limit of [1, 3, 10]) batches.push(ids(await context.outbox.claim(limit, LONG_MS)));
    const [a, ...others] = ids(entries);
    assert.deepEqual(batches, [[a], others.slice(0, 3), others.slice(3)]);
    await context.nothingDue('all are leased');
  },

  'takes many at once, in their order, and none at all': async (context) => {
    const entries = Array.from({ length: 50 }, () => context.entry());
    await context.outbox.append(entries);
    await context.outbox.append([]);
    assert.deepEqual(ids(await context.outbox.claim(100, LONG_MS)), ids(entries));
  },

  'keeps the first of two with one id, wherever that is': async (context) => {
    const { outbox } = context;
    const first = context.entry();
    const again = { ...first, event: { ...first.event, action: 'thing.other' } };
    await outbox.append([first]);
    await outbox.append([again, again]);
    const [claimed, ...more] = await outbox.claim(10, LONG_MS);
    assert.equal(claimed?.event.action, 'thing.make');
    assert.deepEqual(more, []);
    await outbox.append([again]);
    await context.nothingDue('an append of what is leased does not make it due');
    await outbox.bury(first.id, error);
    await outbox.append([again]);
    await context.nothingDue('an append of what is buried does not make it due');
    assert.equal((await context.buried())[0]?.event.action, 'thing.make');
  },

  'leaves alone what is not there': async (context) => {
    const { outbox } = context;
    const [entry] = await context.appended(1);
    await outbox.complete([randomUUID(), randomUUID()]);
    await outbox.complete([]);
    await outbox.retry(randomUUID(), new Date(), error);
    await outbox.bury(randomUUID(), error);
    await outbox.discard(randomUUID());
    assert.equal(await outbox.redrive({ id: randomUUID() }), 0);
    assert.deepEqual(await context.buried(), []);
    assert.deepEqual(ids(await outbox.claim(10, LONG_MS)), [entry?.id]);
  },

  'completes what it is told to, and that only': async (context) => {
    const [a, b, c] = await context.appended(3);
    await context.outbox.claim(3, context.leaseMs);
    await context.outbox.complete(ids([a!, c!]));
    assert.deepEqual(ids(await context.claimed(1)), [b!.id]);
    await context.sleep(context.leaseMs * 2);
    await context.nothingDue('what is complete is gone');
  },

  'wakes whoever listens when entries become due, until they end it': async (context) => {
    const { outbox } = context;
    if (!outbox.onAppend) return;
    let calls = 0;
    const end = outbox.onAppend(() => (calls += 1));
    const woken = async (by: string, act: () => Promise<unknown>): Promise<void> => {
      const before = calls;
      await act();
      await context.until(
        () => calls > before,
        () => `${by} to call wake()`,
      );
    };
    const [entry, intent] = [context.entry(), context.entry()];
    await woken('append', () => outbox.append([entry]));
    await outbox.claim(1, LONG_MS);
    await outbox.bury(entry.id, error);
    await woken('redrive', () => outbox.redrive());
    await outbox.hold(intent, LONG_MS);
    await woken('release', () => outbox.release(intent.id, intent));
    end();
    const before = calls;
    await context.appended(1);
    assert.equal(calls, before, 'wake() is not called after its end');
  },

  'refuses entries once it is closed, instead of losing them': async (context) => {
    await context.outbox.close();
    await assert.rejects(async () => context.outbox.append([context.entry()]), 'append() after close()');
    await context.outbox.close();
  },
};
