import assert from 'node:assert/strict';
import { type ContractCases, ids, LONG_MS } from './context.js';

export const durableCases: ContractCases = {
  'has everything again after it was closed': async (context) => {
    const { outbox } = context;
    const [a, b, c, d, e] = await context.appended(5);
    await outbox.claim(3, context.leaseMs);
    await outbox.complete([a!.id]);
    await outbox.bury(b!.id, { message: 'no', status: 400 });
    const intent = context.entry();
    await outbox.hold(intent, LONG_MS);
    await outbox.close();

    const again = await context.second();
    assert.deepEqual(ids(await again.claim(2, LONG_MS)), ids([d!, e!]));
    const buried = [];
    for await (const entry of again.buried()) buried.push(entry);
    assert.deepEqual(
      buried.map(({ id, attempts, error }) => ({ id, attempts, error })),
      [{ id: b!.id, attempts: 1, error: { message: 'no', status: 400 } }],
    );
    assert.equal((await again.stats()).held, 1);
    await again.release(intent.id, intent);
    let claimed = await again.claim(9, LONG_MS);
    await context.until(
      async () => {
        claimed = [...claimed, ...(await again.claim(9, LONG_MS))];
        return claimed.length >= 2;
      },
      () => 'the lease of the closed outbox to run out',
    );
    assert.deepEqual(ids(claimed).toSorted(), ids([c!, intent]).toSorted());
    assert.equal(claimed.find(({ id }) => id === c!.id)?.attempts, 1);
  },

  'opens again itself': async (context) => {
    const [entry] = await context.appended(1);
    await context.outbox.close();
    await context.outbox.open();
    assert.deepEqual(await context.claimed(1), [{ ...entry, attempts: 0 }]);
  },

  'shares its store with another, and never gives both one entry': async (context) => {
    const other = await context.second();
    const entries = Array.from({ length: 400 }, () => context.entry());
    await Promise.all(entries.map((entry, i) => [context.outbox, other][i % 2]!.append([entry])));
    const claimers = Array.from({ length: 40 }, (_, i) => [context.outbox, other][i % 2]!);
    const batches = await Promise.all(claimers.map((one) => one.claim(15, LONG_MS)));
    assert.deepEqual(ids(batches.flat()).toSorted(), ids(entries).toSorted());
    await other.complete(ids(entries));
    const { pending, leased } = await context.outbox.stats();
    assert.deepEqual([pending, leased], [0, 0]);
  },
};
