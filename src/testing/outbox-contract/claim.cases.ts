import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type ContractCases, ids, LONG_MS } from './context.js';

const error = { message: 'down' };

export const claimCases: ContractCases = {
  'gives nothing when it is empty': async (context) => {
    await context.nothingDue('the outbox is empty');
  },

  'leases what it gives, and gives it again when the lease has run out': async (context) => {
    const { outbox, leaseMs } = context;
    const [entry] = await context.appended(1);
    const claimedAt = performance.now();
    await outbox.claim(1, leaseMs);
    const [again] = await context.claimed(1);
    assert.ok(performance.now() - claimedAt >= leaseMs * 0.9, 'a lease lasts as long as it was asked for');
    assert.deepEqual(again, { ...entry, attempts: 1 });
  },

  'never gives one entry to two claimers': async (context) => {
    const entries = Array.from({ length: 300 }, () => context.entry());
    await context.outbox.append(entries);
    const batches = await Promise.all(Array.from({ length: 20 }, () => context.outbox.claim(20, LONG_MS)));
    assert.deepEqual(ids(batches.flat()).toSorted(), ids(entries).toSorted());
  },

  'counts the attempts': async (context) => {
    const [entry] = await context.appended(1);
    for (const attempts of [0, 1, 2, 3]) {
      const [claimed] = await context.claimed(1);
      assert.equal(claimed?.attempts, attempts);
      await context.outbox.retry(entry!.id, new Date(), error);
    }
  },

  'gives a retry when its time has come, not before': async (context) => {
    const entry = await context.leased();
    const at = Date.now() + context.leaseMs;
    await context.outbox.retry(entry.id, new Date(at), error);
    await context.nothingDue('a retry is not due before its time');
    const [again] = await context.claimed(1);
    assert.ok(Date.now() >= at - 5, 'a retry is not due before its time');
    assert.deepEqual(again, { ...entry, attempts: 1 });
  },

  'gives retries in the order of their times': async (context) => {
    const { outbox, leaseMs } = context;
    const [a, b, c] = await context.appended(3);
    await outbox.claim(3, LONG_MS);
    const now = Date.now();
    await outbox.retry(a!.id, new Date(now + leaseMs + 30), error);
    await outbox.retry(b!.id, new Date(now + leaseMs + 10), error);
    await outbox.retry(c!.id, new Date(now + leaseMs + 20), error);
    await context.sleep(leaseMs + 50);
    assert.deepEqual(ids(await context.claimed(3)), ids([b!, c!, a!]));
  },

  'takes back what was not tried: due at once, before what came later, and no attempt': async (context) => {
    const { outbox } = context;
    if (!outbox.unclaim) return;
    const [a, b, c] = await context.appended(3);
    await outbox.claim(3, LONG_MS);
    await outbox.retry(c!.id, new Date(Date.now() + LONG_MS), error);
    const [later] = await context.appended(1);
    await outbox.unclaim([...ids([a!, b!, c!]), randomUUID()]);
    const entries = [a!, b!, later!].map(({ id, recordedAt, event }) => ({ id, recordedAt, event, attempts: 0 }));
    assert.deepEqual(await outbox.claim(10, LONG_MS), entries);
    assert.equal((await outbox.stats()).pending, 1, 'what was put off is left alone');
  },

  'a retry in the past is due at once': async (context) => {
    const entry = await context.leased();
    await context.outbox.retry(entry.id, new Date(0), error);
    assert.deepEqual(ids(await context.claimed(1)), [entry.id]);
  },
};
