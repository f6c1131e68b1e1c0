import assert from 'node:assert/strict';
import { type ContractCases, ids, LONG_MS } from './context.js';

export const bulkCases: ContractCases = {
  'takes a backlog, and gives all of it, each entry once and in its order': async (context) => {
    const { outbox, backlog } = context;
    const size = Math.min(1_000, backlog);
    const appended: string[] = [];
    while (appended.length < backlog) {
      const entries = Array.from({ length: Math.min(size, backlog - appended.length) }, () => context.entry());
      await outbox.append(entries);
      appended.push(...ids(entries));
    }
    const deadline = performance.now() + context.countsLagMs;
    let { pending } = await outbox.stats();
    while (pending !== backlog && performance.now() < deadline) {
      await context.sleep(200);
      ({ pending } = await outbox.stats());
    }
    assert.equal(pending, backlog);

    const claimed: string[] = [];
    let completed = Promise.resolve();
    while (claimed.length < backlog) {
      const batch = ids(await outbox.claim(size, LONG_MS));
      assert.ok(batch.length > 0, `${backlog - claimed.length} of ${backlog} entries do not become due`);
      await completed;
      completed = outbox.complete(batch);
      claimed.push(...batch);
    }
    await completed;
    assert.deepEqual(claimed, appended);
    const { oldestAgeMs: _, ...left } = await outbox.stats();
    assert.deepEqual(left, { pending: 0, leased: 0, held: 0, buried: 0 });
  },
};
