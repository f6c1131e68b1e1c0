import assert from 'node:assert/strict';
import type { BuriedFilter, OutboxEntry } from '../../outbox/outbox.js';
import { type ContractCases, type ContractContext, ids, LONG_MS } from './context.js';

const refusal = { message: 'Schema “x” refuses it', status: 422, code: 'invalid_audit_log', requestId: 'req_1' };

/** Three that are buried: two of one action, two of one organization. */
async function three(context: ContractContext): Promise<readonly [OutboxEntry, OutboxEntry, OutboxEntry]> {
  const entries = [
    context.entry({ action: 'a.one', organizationId: 'org_1' }),
    context.entry({ action: 'a.one', organizationId: 'org_2' }),
    context.entry({ action: 'a.two', organizationId: 'org_2' }),
  ] as const;
  await context.outbox.append(entries);
  await context.outbox.claim(3, LONG_MS);
  for (const { id } of entries) await context.outbox.bury(id, refusal);
  return entries;
}

/** Filters, and which of the three they choose. */
const filters: readonly (readonly [BuriedFilter | undefined, readonly number[]])[] = [
  [undefined, [0, 1, 2]],
  [{}, [0, 1, 2]],
  [{ action: 'a.one' }, [0, 1]],
  [{ organizationId: 'org_2' }, [1, 2]],
  [{ action: 'a.one', organizationId: 'org_2' }, [1]],
  [{ action: 'a.three' }, []],
];

export const buriedCases: ContractCases = {
  'keeps what is buried, with its reason, and never gives it': async (context) => {
    const entry = await context.leased(context.leaseMs);
    const before = Date.now();
    await context.outbox.bury(entry.id, refusal);
    await context.sleep(context.leaseMs * 2);
    await context.nothingDue('what is buried is not due');
    const [buried, ...others] = await context.buried();
    assert.ok(buried && Math.abs(buried.buriedAt - before) < context.patienceMs, 'buriedAt is the time of bury()');
    assert.deepEqual(buried, { ...entry, attempts: 1, buriedAt: buried.buriedAt, error: refusal });
    assert.deepEqual(others, []);
  },

  'keeps a reason that is but a message': async (context) => {
    const entry = await context.leased();
    await context.outbox.bury(entry.id, { message: 'no' });
    assert.deepEqual((await context.buried())[0]?.error, { message: 'no' });
  },

  'does not settle what is buried': async (context) => {
    const entry = await context.leased();
    await context.outbox.bury(entry.id, refusal);
    await context.outbox.complete([entry.id]);
    await context.outbox.retry(entry.id, new Date(0), { message: 'down' });
    await context.outbox.discard(entry.id);
    await context.nothingDue('what is buried is not due');
    assert.deepEqual(ids(await context.buried()), [entry.id]);
  },

  'lists by action, organization and id': async (context) => {
    const entries = await three(context);
    for (const [filter, chosen] of filters) {
      const listed = ids(await context.buried(filter));
      assert.deepEqual(listed.toSorted(), chosen.map((i) => entries[i]!.id).toSorted(), JSON.stringify(filter));
    }
    const { id } = entries[1];
    assert.deepEqual(ids(await context.buried({ id })), [id]);
    assert.deepEqual(ids(await context.buried({ id, action: 'a.two' })), []);
  },

  'lists all of many, each once': async (context) => {
    const entries = Array.from({ length: 450 }, () => context.entry());
    await context.outbox.append(entries);
    await context.outbox.claim(450, LONG_MS);
    await Promise.all(entries.map(({ id }) => context.outbox.bury(id, refusal)));
    assert.deepEqual(ids(await context.buried()).toSorted(), ids(entries).toSorted());
  },

  'redrives what the filter chooses, as new, and that only': async (context) => {
    for (const [filter, chosen] of filters) {
      const entries = await three(context);
      assert.equal(await context.outbox.redrive(filter), chosen.length, JSON.stringify(filter));
      const due = chosen.length === 0 ? [] : await context.claimed(chosen.length);
      assert.deepEqual(ids(due).toSorted(), chosen.map((i) => entries[i]!.id).toSorted(), JSON.stringify(filter));
      assert.ok(
        due.every(({ attempts }) => attempts === 0),
        'what is redriven has no attempts',
      );
      const rest = entries.filter((_, i) => !chosen.includes(i));
      assert.deepEqual(ids(await context.buried()).toSorted(), ids(rest).toSorted(), JSON.stringify(filter));
      await context.nothingDue('what was not chosen stays buried');
      await context.outbox.complete(ids(due));
      await context.outbox.redrive();
      await context.outbox.complete(ids(rest));
    }
  },

  'redrives one by its id, once': async (context) => {
    const [, { id }] = await three(context);
    assert.equal(await context.outbox.redrive({ id }), 1);
    assert.equal(await context.outbox.redrive({ id }), 0);
    assert.deepEqual(ids(await context.claimed(1)), [id]);
  },
};
