import { join } from 'node:path';
import { memoryOutbox } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startLocalWorkOS, TestApp } from '../support/test-app.js';
import { imbalance } from './support/balance.js';
import { App, type AppOptions, Clock, delivery, temporaryFolder } from './support/child.js';
import { flawless, Ledger, needlessSends } from './support/ledger.js';
import { limit } from './support/size.js';

const { concurrency } = delivery;
const day = 24 * 60 * 60 * 1_000;
const nothingLeft = { pending: 0, leased: 0, held: 0, buried: 0, dropped: 0 };

/** Looks at the outbox so often that it would have met an event that is due. @returns how often it has looked a second */
async function looks(app: App): Promise<number> {
  const begin = performance.now();
  const { claims } = await app.stats();
  await expect.poll(async () => (await app.stats()).claims, { interval: 20 }).toBeGreaterThanOrEqual(claims + 10);
  return (((await app.stats()).claims - claims) / (performance.now() - begin)) * 1_000;
}

/** Idle, it looks every `pollMs`; a loop would look thousands of times. */
const idle = (1_000 / delivery.pollMs) * 2;

describe('the clock of the machine is set while the application runs, on SQLite', () => {
  async function start(options: Partial<AppOptions> = {}): Promise<{ workos: LocalWorkOS; app: App; clock: Clock }> {
    const workos = await startLocalWorkOS();
    const clock = new Clock();
    const app = await App.start({ workos, clock, path: join(temporaryFolder(), 'audit.db'), ...options });
    return { workos, app, clock };
  }

  test(
    'a day ahead: the leases of what is on its way run out, and still it is sent and counted once',
    limit,
    async () => {
      const { workos, app, clock } = await start({ delivery: { timeoutMs: 10_000 } });
      const ledger = new Ledger();
      // All slots but one are taken while the other one works off the rest, and asks for more.
      workos.fail({ delayMs: 2_500, times: concurrency - 1 });
      await ledger.askFor(app, concurrency - 1);
      await expect.poll(() => workos.requests.length, { interval: 1 }).toBe(concurrency - 1);
      clock.set(day);
      await ledger.askFor(app, 80 - (concurrency - 1));
      await workos.waitForEvents(80);
      await expect.poll(() => app.stats()).toMatchObject({ ...nothingLeft, recorded: 80, delivered: 80 });
      expect(await looks(app)).toBeLessThan(idle);
      clock.set(0);
      await ledger.askFor(app, 10);
      await workos.waitForEvents(90);
      await expect.poll(() => app.stats()).toMatchObject({ ...nothingLeft, recorded: 90, delivered: 90 });
      expect(ledger.verdict(workos.events)).toEqual(flawless);
      // Counted as they come: the answer to a second one may not be there yet.
      expect(workos.requests).toHaveLength(90);
    },
  );

  test('a day back: what waits does not wait for that day, and new events go out', limit, async () => {
    const { workos, app, clock } = await start();
    const ledger = new Ledger();
    await workos.stop();
    await ledger.askFor(app, 30);
    clock.set(-day);
    await ledger.askFor(app, 20);
    await workos.resume();
    await workos.waitForEvents(50);
    await expect.poll(() => app.stats()).toMatchObject({ ...nothingLeft, recorded: 50, delivered: 50 });
    expect([ledger.verdict(workos.events), needlessSends(workos)]).toEqual([flawless, 0]);
  });

  test(
    'a day ahead and back, WorkOS away meanwhile: what was put off by the wrong clock does not wait for that day',
    limit,
    async () => {
      const { workos, app, clock } = await start();
      const ledger = new Ledger();
      workos.fail({ status: 503 });
      clock.set(day);
      await ledger.askFor(app, 30);
      await expect.poll(() => workos.requests.length).toBeGreaterThan(60);
      clock.set(0);
      workos.heal();
      await ledger.askFor(app, 20);
      await workos.waitForEvents(50);
      await expect.poll(() => app.stats()).toMatchObject({ ...nothingLeft, recorded: 50, delivered: 50 });
      expect([ledger.verdict(workos.events), needlessSends(workos)]).toEqual([flawless, 0]);
      expect(await looks(app)).toBeLessThan(idle);
    },
  );

  test.each([day, -day])(
    '%i ms off while a handler that is written ahead runs: its event knows what came of it, and is the only one',
    limit,
    async (jump) => {
      const { workos, app, clock } = await start();
      const ledger = new Ledger();
      const asking = ledger.askFor(app, 3, 3, () => 'slow');
      await expect.poll(() => app.stats(), { interval: 10 }).toMatchObject({ held: 3 });
      clock.set(jump);
      await ledger.askFor(app, 5);
      await workos.waitForEvents(5);
      await looks(app);
      expect(workos.events).toHaveLength(5);
      await asking;
      await workos.waitForEvents(8);
      await expect.poll(() => app.stats()).toMatchObject({ ...nothingLeft, recorded: 8, delivered: 8 });
      expect([ledger.answered.size, ledger.verdict(workos.events)]).toEqual([8, flawless]);
    },
  );

  test(
    'to and fro during load, WorkOS failing: nothing is sent in a loop, and all is there once the clock is right',
    limit,
    async () => {
      const { workos, app, clock } = await start();
      const ledger = new Ledger();
      workos.fail({ status: 503 });
      const begin = performance.now();
      for (const jump of [day, -day, 0, -day, day, 0]) {
        clock.set(jump);
        await ledger.askFor(app, 20);
        expect(imbalance(await app.stats())).toBe(0);
      }
      const seconds = (performance.now() - begin) / 1_000;
      // Each jump ahead makes everything due at once; beyond that the back-off counts, which begins at 25 ms.
      expect(workos.requests.length).toBeLessThan(120 * (6 + Math.min(seconds * 5, 10)));
      workos.heal();
      clock.set(day + 60_000);
      await workos.waitForEvents(120);
      await expect.poll(() => app.stats()).toMatchObject({ ...nothingLeft, recorded: 120, delivered: 120 });
      expect([ledger.verdict(workos.events), needlessSends(workos)]).toEqual([flawless, 0]);
    },
  );
});

test.each([day, -day])(
  'with a memory outbox, the clock %i ms off while events are on their way',
  limit,
  async (jump) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const workos = await startLocalWorkOS();
    const app = await TestApp.start({ workos, audit: { outbox: memoryOutbox(), delivery: { concurrency } } });
    const record = (thing: string): Promise<void> =>
      app.audit.record('a.b', { actor: { id: 'a' }, organizationId: 'org_local', targets: { thing } });
    workos.fail({ delayMs: 200, times: 8 });
    for (let i = 0; i < 12; i += 1) await record(`before ${i}`);
    await expect.poll(() => workos.requests.length).toBe(8);
    vi.setSystemTime(Date.now() + jump);
    await record('after');
    await workos.waitForEvents(13);
    await expect.poll(() => app.audit.stats()).toMatchObject({ ...nothingLeft, recorded: 13, delivered: 13 });
    expect(workos.requests).toHaveLength(13);
    expect(workos.events).toHaveLength(13);
  },
);

test('with a memory outbox, the clock a day ahead while a handler that is written ahead runs', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const outbox = memoryOutbox();
  const event = {
    organizationId: 'o',
    action: 'a.b',
    occurredAt: '',
    actor: { id: 'a', type: 'user', metadata: {} },
    targets: [],
  };
  const entry = { id: '1', recordedAt: Date.now(), event: { ...event, context: { location: 'l' }, metadata: {} } };
  await outbox.hold(entry, 60_000);
  vi.setSystemTime(Date.now() + day);
  expect(await outbox.claim(1, 1_000)).toEqual([]);
  await outbox.release('1', entry);
  expect(await outbox.claim(1, 1_000)).toHaveLength(1);
  await outbox.retry('1', new Date(Date.now() + 50), { message: 'down' });
  vi.setSystemTime(Date.now() - 2 * day);
  await expect.poll(() => outbox.claim(1, 1_000)).toHaveLength(1);
});
