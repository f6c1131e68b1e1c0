import { AUDIT_OUTBOX, type AuditOutbox, memoryOutbox, type OutboxEntry } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { Completions } from '../src/delivery/completions.js';
import { Supply } from '../src/delivery/supply.js';
import { startLocalWorkOS, TestApp, type TestAppOptions } from './support/test-app.js';

const by = { actor: { id: 'a' }, organizationId: 'org_local' };

interface Started {
  readonly app: TestApp;
  readonly outbox: AuditOutbox;
  /** How often it was asked for events, and for how many at the most. */
  readonly claims: number[];
}

/** An application with a memory outbox that is taken to be durable. */
async function start(
  delivery: NonNullable<TestAppOptions['audit']>['delivery'],
  overrides: (outbox: AuditOutbox) => Partial<AuditOutbox> = () => ({}),
): Promise<Started> {
  const outbox = memoryOutbox();
  const claims: number[] = [];
  const { claim } = outbox;
  Object.assign(outbox, { name: 'durable', abandon: undefined, ...overrides(outbox) });
  const overridden = outbox.claim === claim ? claim.bind(outbox) : outbox.claim;
  outbox.claim = (limit, leaseMs) => {
    claims.push(limit);
    return overridden(limit, leaseMs);
  };
  const app = await TestApp.start({ audit: { outbox, delivery } });
  expect(app.nest.get(AUDIT_OUTBOX)).toBe(outbox);
  return { app, outbox, claims };
}

function entryOf(id: string): OutboxEntry {
  const event = { organizationId: 'o', action: 'a.b', occurredAt: '', targets: [], metadata: {} };
  const actor = { id: 'a', type: 'user', metadata: {} };
  return { id, recordedAt: 1, event: { ...event, actor, context: { location: 'l' } } };
}

const record = (app: TestApp, count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, (_, i) => app.audit.record('a.b', { ...by, targets: { thing: i } })));

/** Idempotency keys of all that was sent. */
const keysSent = ({ workos }: TestApp): unknown[] =>
  workos.requests.filter(({ path }) => path === '/audit_logs/events').map(({ headers }) => headers['idempotency-key']);

describe('what was claimed ahead', () => {
  test.each([
    ['is given back at the shutdown, and its attempts do not count', () => ({}), 0],
    ['is put off by nothing when the outbox cannot take it back', () => ({ unclaim: undefined }), 1],
  ])('%s', async (_name, overrides, attempts) => {
    const { app, outbox } = await start({ concurrency: 2, timeoutMs: 100, drainTimeoutMs: 50 }, overrides);
    app.workos.fail({ hang: true });
    await record(app, 10);
    await expect.poll(async () => (await outbox.stats()).leased).toBeGreaterThan(2);
    await app.close();
    expect(app.logs.find('log', '10 audit events wait in the outbox (durable) for the next start')).toHaveLength(1);
    expect(await outbox.stats()).toMatchObject({ pending: 10, leased: 0 });
    const sent = new Set(keysSent(app));
    const claimed = await outbox.claim(20, 1_000);
    const untried = claimed.filter(({ id }) => !sent.has(id));
    expect(untried.length).toBeGreaterThan(5);
    expect(Math.max(...untried.map((entry) => entry.attempts))).toBe(attempts);
  });

  test('is no more than can be sent soon', { timeout: 30_000 }, async () => {
    const { app, outbox } = await start({ concurrency: 8 });
    app.workos.fail({ status: 429, retryAfter: 2, times: 1 });
    await record(app, 1);
    await expect.poll(() => keysSent(app).length).toBe(1);
    await record(app, 5);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await outbox.stats()).leased).toBe(0);
    await app.events(6);
    expect(keysSent(app)).toHaveLength(7);
  });

  test('is given back when it is not sent in a third of its lease', async () => {
    const outbox = memoryOutbox();
    await outbox.append(['1', '2', '3'].map(entryOf));
    const taken: string[] = [];
    const given: (readonly string[])[] = [];
    const unclaim = outbox.unclaim?.bind(outbox);
    outbox.unclaim = async (ids) => {
      given.push(ids);
      await unclaim?.(ids);
    };
    const demand = {
      room: () => 3 - supply.size,
      waitMs: () => Infinity,
      has: (id: string) => taken.includes(id),
      supplied: () => {},
    };
    const supply: Supply = new Supply(outbox, demand, { error: () => {} }, { leaseMs: 300, pollMs: 10 });
    supply.start();
    await expect.poll(() => given.length).toBeGreaterThan(2);
    expect(given[0]).toEqual(['1', '2', '3']);
    await expect.poll(() => supply.size).toBe(3);
    const first = supply.take();
    taken.push(first?.id ?? '');
    expect(first).toMatchObject({ id: '1', attempts: 0 });
    await supply.stop();
    expect(await outbox.stats()).toMatchObject({ pending: 2, leased: 1 });
  });

  test('is given back when it was claimed while it was under way, and is not sent', async () => {
    const outbox = memoryOutbox();
    await outbox.append([entryOf('1')]);
    let underWay = true;
    const demand = { room: () => 1 - supply.size, waitMs: () => Infinity, has: () => underWay, supplied: () => {} };
    const supply: Supply = new Supply(outbox, demand, { error: () => {} }, { leaseMs: 600_000, pollMs: 10 });
    supply.start();
    await expect.poll(async () => (await outbox.stats()).leased).toBe(1);
    expect(supply.size).toBe(0);
    underWay = false;
    await expect.poll(() => supply.size).toBe(1);
    expect(supply.take()).toMatchObject({ id: '1', attempts: 0 });
    await supply.stop();
  });

  test('is sent once when the outbox gives it again meanwhile', async () => {
    const { app } = await start({ ratePerSecond: 30, concurrency: 4, pollMs: 5 }, (outbox) => {
      const claim = outbox.claim.bind(outbox);
      return { claim: (limit) => claim(limit, 1) };
    });
    await record(app, 20);
    await app.workos.waitForEvents(20);
    await expect.poll(async () => (await app.audit.stats()).delivered).toBe(20);
    expect(keysSent(app)).toHaveLength(20);
  });

  test('leaves the outbox alone while there is no room, however much is appended', async () => {
    const { app, claims } = await start({ concurrency: 2, pollMs: 60_000 });
    app.workos.fail({ hang: true });
    await record(app, 10);
    await expect.poll(() => keysSent(app).length).toBe(2);
    const before = claims.length;
    await record(app, 500);
    expect(claims.length - before).toBeLessThanOrEqual(2);
    expect(Math.max(...claims)).toBe(4);
    app.workos.heal();
    await app.workos.waitForEvents(508);
  });

  test('cannot be given back: that is said, and comes back with the lease', async () => {
    const { app } = await start({ concurrency: 1, timeoutMs: 500, drainTimeoutMs: 10 }, () => ({
      unclaim: () => Promise.reject(new Error('locked')),
    }));
    app.workos.fail({ hang: true });
    await record(app, 4);
    await expect.poll(() => keysSent(app).length).toBeGreaterThan(0);
    await app.close();
    expect(app.logs.text).toMatch(/did not take back [12] events that were not tried: locked/);
    expect(app.logs.text).toContain('4 audit events wait in the outbox (durable) for the next start');
  });
});

describe('completions', () => {
  test('go out one at a time, with all that has come meanwhile, and a hundred at the most', async () => {
    const batches: (readonly string[])[] = [];
    const waiting: (() => void)[] = [];
    const completions = new Completions(
      {
        complete: (ids) => {
          batches.push(ids);
          return new Promise((resolve) => waiting.push(resolve));
        },
      },
      8,
    );
    const all = Array.from({ length: 151 }, (_, i) => completions.complete(String(i)));
    expect(batches).toEqual([['0']]);
    waiting.shift()?.();
    await all[0];
    await expect.poll(() => batches.length).toBe(2);
    expect(batches[1]).toHaveLength(100);
    waiting.shift()?.();
    await expect.poll(() => batches.length).toBe(3);
    waiting.shift()?.();
    await Promise.all(all);
    expect(batches.flat()).toHaveLength(151);
    const last = completions.complete('last');
    await expect.poll(() => batches.length).toBe(4);
    waiting.shift()?.();
    await last;
  });

  test.each(['throws', 'rejects'])('all of a batch that %s fail, and those after it do not', async (how) => {
    let calls = 0;
    const completions = new Completions(
      {
        complete: () => {
          calls += 1;
          if (calls !== 2) return Promise.resolve();
          if (how === 'rejects') return Promise.reject(new Error('locked'));
          throw new Error('locked');
        },
      },
      8,
    );
    const first = completions.complete('a');
    const failing = Promise.allSettled([completions.complete('b'), completions.complete('c')]);
    await first;
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await completions.complete('d');
  });

  test('what arrived and could not be noted is sent again under the same keys, and WorkOS has it once', async () => {
    const workos = await startLocalWorkOS();
    let failures = 2;
    const outbox = memoryOutbox();
    const [claim, complete] = [outbox.claim.bind(outbox), outbox.complete.bind(outbox)];
    outbox.claim = (limit) => claim(limit, 200);
    outbox.complete = async (ids) => {
      failures -= 1;
      if (failures >= 0) throw new Error('locked');
      await complete(ids);
    };
    const app = await TestApp.start({ workos, audit: { outbox } });
    await record(app, 30);
    await expect.poll(async () => (await app.audit.stats()).delivered).toBe(30);
    expect(new Set(keysSent(app)).size).toBe(30);
    expect(workos.events).toHaveLength(30);
    expect(app.logs.find('error', 'could not note what became of event').length).toBeGreaterThanOrEqual(2);
  });
});
