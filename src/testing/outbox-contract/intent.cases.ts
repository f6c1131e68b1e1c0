import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../outbox/outbox.js';
import { type ContractCases, type ContractContext, ids, LONG_MS } from './context.js';

interface Pair {
  readonly intent: OutboxEntry;
  /** What the intent becomes: the same id, another content. */
  readonly final: OutboxEntry;
}

/** An intent in the outbox, and the event that it is to become. */
async function held(context: ContractContext, leaseMs: number): Promise<Pair> {
  const intent = context.entry({ metadata: { outcome: 'unknown' } });
  await context.outbox.hold(intent, leaseMs);
  return { intent, final: { ...intent, recordedAt: intent.recordedAt + 5, event: { ...intent.event, metadata: {} } } };
}

/** Somebody is sending the intent already: its lease ran out, and then it was claimed. */
async function late(context: ContractContext, leaseMs = LONG_MS): Promise<Pair> {
  const pair = await held(context, 1);
  assert.deepEqual(await context.claimed(1, leaseMs), [{ ...pair.intent, attempts: 0 }]);
  return pair;
}

async function becomesDue(context: ContractContext, final: OutboxEntry): Promise<void> {
  assert.deepEqual(await context.claimed(1), [{ ...final, attempts: 0 }], 'the final event is due, as new');
  await context.nothingDue('there is one event');
  await context.outbox.complete([final.id]);
  assert.equal((await context.outbox.stats()).leased, 0, 'the final event can be completed');
}

export const intentCases: ContractCases = {
  'does not give an intent while it is held': async (context) => {
    await held(context, LONG_MS);
    await context.nothingDue('an intent is not due');
  },

  'gives an intent when its lease has run out': async (context) => {
    const heldAt = performance.now();
    const { intent } = await held(context, context.leaseMs);
    assert.deepEqual(await context.claimed(1), [{ ...intent, attempts: 0 }]);
    assert.ok(performance.now() - heldAt >= context.leaseMs * 0.9, 'an intent is held for as long as was asked for');
  },

  'holds longer when it is told again': async (context) => {
    const { intent } = await held(context, context.leaseMs);
    await context.outbox.hold(intent, LONG_MS);
    await context.sleep(context.leaseMs * 2);
    await context.nothingDue('the second hold() counts');
    assert.equal((await context.outbox.stats()).held, 1);
  },

  'does not hold what is an event already': async (context) => {
    const [entry] = await context.appended(1);
    await context.outbox.hold(entry!, LONG_MS);
    assert.deepEqual(ids(await context.claimed(1)), [entry!.id]);
  },

  'makes an intent its final event, due now': async (context) => {
    const { intent, final } = await held(context, LONG_MS);
    await context.outbox.release(intent.id, final);
    await becomesDue(context, final);
  },

  'releases under another id': async (context) => {
    const { intent, final } = await held(context, context.leaseMs);
    const renamed = { ...final, id: context.entry().id };
    await context.outbox.release(intent.id, renamed);
    await becomesDue(context, renamed);
    await context.sleep(context.leaseMs * 2);
    await context.nothingDue('the intent is gone');
  },

  'releases once, if told twice': async (context) => {
    const { intent, final } = await held(context, LONG_MS);
    await context.outbox.release(intent.id, final);
    await context.outbox.release(intent.id, final);
    await becomesDue(context, final);
  },

  'releases an intent whose lease has run out': async (context) => {
    const { intent, final } = await held(context, 1);
    await context.sleep(context.leaseMs);
    await context.outbox.release(intent.id, final);
    await becomesDue(context, final);
  },

  'stores the final event of an intent that was never there': async (context) => {
    const final = context.entry();
    await context.outbox.release(final.id, final);
    await becomesDue(context, final);
  },

  'stores the final event of an intent that was delivered': async (context) => {
    const { intent, final } = await late(context);
    await context.outbox.complete([intent.id]);
    await context.outbox.release(intent.id, final);
    await becomesDue(context, final);
  },

  'does not take the delivery of an intent for that of its final event': async (context) => {
    const { intent, final } = await late(context);
    await context.outbox.release(intent.id, final);
    await context.outbox.complete([intent.id]);
    await becomesDue(context, final);
  },

  'gives the final event whatever becomes of an intent that is being sent': async (context) => {
    const settlings = {
      retry: (id: string) => context.outbox.retry(id, new Date(Date.now() + LONG_MS), { message: 'down' }),
      bury: (id: string) => context.outbox.bury(id, { message: 'no' }),
      unclaim: async (id: string) => context.outbox.unclaim?.([id]) ?? settlings.retry(id),
    };
    for (const settle of Object.values(settlings)) {
      const { intent, final } = await late(context);
      await context.outbox.release(intent.id, final);
      await settle(intent.id);
      await becomesDue(context, final);
    }
  },

  'gives the final event when whoever sends the intent is never heard of again': async (context) => {
    const { intent, final } = await late(context, context.leaseMs);
    await context.outbox.release(intent.id, final);
    await becomesDue(context, final);
  },

  'stores the final event of an intent that is buried': async (context) => {
    const { intent, final } = await late(context);
    await context.outbox.bury(intent.id, { message: 'no' });
    await context.outbox.release(intent.id, final);
    await becomesDue(context, final);
    assert.deepEqual(await context.buried(), []);
  },

  'removes an intent, also when its lease has run out': async (context) => {
    const { intent } = await held(context, LONG_MS);
    const { intent: expired } = await held(context, 1);
    await context.sleep(context.leaseMs);
    await context.outbox.discard(intent.id);
    await context.outbox.discard(expired.id);
    await context.nothingDue('both are gone');
    assert.equal((await context.outbox.stats()).held, 0);
  },

  'discards intents only': async (context) => {
    const { intent, final } = await held(context, LONG_MS);
    await context.outbox.release(intent.id, final);
    await context.outbox.discard(intent.id);
    await becomesDue(context, final);
    const [entry] = await context.appended(1);
    await context.outbox.discard(entry!.id);
    assert.deepEqual(ids(await context.claimed(1)), [entry!.id]);
  },
};
