import { type AuditOutbox, memoryOutbox, type OutboxEntry } from 'nestjs-workos-audit';
import { outboxContract } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';

/** Runs the contract with a `test` that only notes, and answers the names of the cases that fail. */
async function failures(
  make: () => AuditOutbox,
  { durable = false, leaseMs = 40, patienceMs = 150 } = {},
): Promise<string[]> {
  const cases: { name: string; body: () => Promise<void> }[] = [];
  outboxContract(
    { describe: (_name, body) => body(), test: (name, body) => cases.push({ name, body }) },
    () => ({ outbox: make() }),
    { durable, leaseMs, patienceMs, backlog: 500 },
  );
  const results = await Promise.allSettled(cases.map(({ body }) => body()));
  return cases.filter((_, i) => results[i]?.status === 'rejected').map(({ name }) => name);
}

const faulty = (fault: (sound: AuditOutbox) => Partial<AuditOutbox>): AuditOutbox => {
  const sound = memoryOutbox();
  const bound = Object.fromEntries(
    (['open', 'close', 'append', 'claim', 'complete', 'retry', 'bury', 'stats', 'buried', 'redrive'] as const)
      .concat(['onAppend', 'hold', 'release', 'discard', 'unclaim'] as never)
      .map((name) => [name, (...args: never[]) => (sound[name] as (...values: never[]) => unknown)(...args)]),
  );
  return { ...(bound as unknown as AuditOutbox), name: 'faulty', ...fault(sound) };
};

/** A fault, and a case that must find it. */
const faults: Record<string, readonly [(sound: AuditOutbox) => Partial<AuditOutbox>, string]> = {
  'gives the newest first': [
    (sound) => ({ claim: async (...args) => (await sound.claim(...args)).toReversed() }),
    'takes many at once, in their order, and none at all',
  ],
  'gives more than was asked for': [
    (sound) => ({ claim: (limit, leaseMs) => sound.claim(limit + 1, leaseMs) }),
    'gives the oldest first, and no more than was asked for',
  ],
  'does not lease what it gives': [
    (sound) => ({ claim: (limit) => sound.claim(limit, 0) }),
    'never gives one entry to two claimers',
  ],
  'leases for good': [
    (sound) => ({ claim: (limit) => sound.claim(limit, 1e9) }),
    'leases what it gives, and gives it again when the lease has run out',
  ],
  'does not count attempts': [
    (sound) => ({
      claim: async (...args) => (await sound.claim(...args)).map((one) => Object.assign(one, { attempts: 0 })),
    }),
    'counts the attempts',
  ],
  'retries at once': [
    (sound) => ({ retry: (id, _at, error) => sound.retry(id, new Date(), error) }),
    'gives a retry when its time has come, not before',
  ],
  'forgets a retry': [
    (sound) => ({ retry: (id) => sound.complete([id]) }),
    'gives a retry when its time has come, not before',
  ],
  'counts an attempt that was none': [
    (sound) => ({
      unclaim: async (ids) => {
        for (const id of ids) await sound.retry(id, new Date(0), { message: 'unclaimed' });
      },
    }),
    'takes back what was not tried: due at once, before what came later, and no attempt',
  ],
  'takes nothing back': [
    () => ({ unclaim: () => Promise.resolve() }),
    'takes back what was not tried: due at once, before what came later, and no attempt',
  ],
  'completes only the first': [
    (sound) => ({ complete: (ids) => sound.complete(ids.slice(0, 1)) }),
    'completes what it is told to, and that only',
  ],
  'cuts what is long': [
    (sound) => ({
      append: (entries) =>
        sound.append(
          entries.map((entry) => {
            const metadata = Object.fromEntries(Object.entries(entry.event.metadata).slice(0, 20));
            return { ...entry, event: { ...entry.event, metadata } };
          }),
        ),
    }),
    'gives back what it got',
  ],
  'takes the second of two with one id': [
    (sound) => ({
      append: async (entries) => {
        await sound.complete(entries.map(({ id }) => id));
        await sound.append(entries);
      },
    }),
    'keeps the first of two with one id, wherever that is',
  ],
  'fails on what is not there': [
    (sound) => ({
      complete: async (ids) => {
        if (ids.length === 2) throw new Error('no such entry');
        await sound.complete(ids);
      },
    }),
    'leaves alone what is not there',
  ],
  'does not wake': [
    () => ({ onAppend: () => () => undefined }),
    'wakes whoever listens when entries become due, until they end it',
  ],
  'wakes for ever': [
    (sound) => ({
      onAppend: (wake) => {
        sound.onAppend?.(wake);
        return () => undefined;
      },
    }),
    'wakes whoever listens when entries become due, until they end it',
  ],
  'loses what it gets once it is closed': [
    (sound) => ({ append: (entries) => sound.append(entries).catch(() => undefined) }),
    'refuses entries once it is closed, instead of losing them',
  ],
  'drops what is buried': [
    (sound) => ({ bury: (id) => sound.complete([id]) }),
    'keeps what is buried, with its reason, and never gives it',
  ],
  'forgets why': [
    (sound) => ({ bury: (id, { message }) => sound.bury(id, { message }) }),
    'keeps what is buried, with its reason, and never gives it',
  ],
  'redrives all': [
    (sound) => ({ redrive: () => sound.redrive() }),
    'redrives what the filter chooses, as new, and that only',
  ],
  'lists all': [(sound) => ({ buried: () => sound.buried() }), 'lists by action, organization and id'],
  'gives an intent at once': [
    (sound) => ({ hold: (entry) => sound.append([entry]) }),
    'does not give an intent while it is held',
  ],
  'forgets an intent': [
    (sound) => ({ hold: () => Promise.resolve(), discard: () => Promise.resolve(), stats: () => sound.stats() }),
    'gives an intent when its lease has run out',
  ],
  'keeps the content of the intent': [
    (sound) => {
      const held = new Map<string, OutboxEntry>();
      return {
        hold: (entry, leaseMs) => sound.hold(held.set(entry.id, entry).get(entry.id)!, leaseMs),
        release: (id, entry) => sound.release(id, held.get(id) ?? entry),
      };
    },
    'makes an intent its final event, due now',
  ],
  'releases only what is held': [
    (sound) => ({
      release: async (id, entry) => {
        if ((await sound.stats()).held > 0) await sound.release(id, entry);
      },
    }),
    'stores the final event of an intent that was never there',
  ],
  'takes the delivery of an intent for that of its event': [
    (sound) => {
      const done = new Set<string>();
      return {
        complete: async (ids) => {
          for (const id of ids) done.add(id);
          await sound.complete(ids);
        },
        claim: async (limit, leaseMs) => {
          const claimed = await sound.claim(limit, leaseMs);
          return claimed.filter(({ id }) => !done.has(id));
        },
      };
    },
    'does not take the delivery of an intent for that of its final event',
  ],
  'does not discard': [
    (sound) => ({ discard: () => Promise.resolve(void sound) }),
    'removes an intent, also when its lease has run out',
  ],
  'discards events too': [
    (sound) => ({ discard: (id) => sound.complete([id]).then(() => sound.discard(id)) }),
    'discards intents only',
  ],
  'counts what is held as waiting': [
    (sound) => ({
      stats: async () => {
        const stats = await sound.stats();
        return { ...stats, pending: stats.pending + stats.held, held: 0 };
      },
    }),
    'counts what waits, is leased, is held and is buried',
  ],
  'does not know how old they are': [
    (sound) => ({ stats: async () => ({ ...(await sound.stats()), oldestAgeMs: undefined }) }),
    'knows the age of the oldest that is not buried, whatever its state',
  ],
  'loses one of many': [
    (sound) => ({ append: (entries) => sound.append(entries.slice(0, 499)) }),
    'takes a backlog, and gives all of it, each entry once and in its order',
  ],
};

test('a sound outbox has no fault', async () => {
  // Longer than a busy machine may stand between two calls.
  const patient = { leaseMs: 500, patienceMs: 5_000 };
  expect(await failures(memoryOutbox, patient)).toEqual([]);
  expect(await failures(() => faulty(() => ({})), patient)).toEqual([]);
});

test.concurrent.each(Object.entries(faults))('an outbox that %s is found out', async (_name, [fault, found]) => {
  expect(await failures(() => faulty(fault))).toContain(found);
});

test('one in memory is not durable, and a durable one must say how it is opened again', async () => {
  expect(await failures(memoryOutbox, { durable: true, leaseMs: 500, patienceMs: 5_000 })).toEqual([
    'has everything again after it was closed',
    'shares its store with another, and never gives both one entry',
  ]);
});
