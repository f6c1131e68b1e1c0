import { join } from 'node:path';
import { sqliteOutbox } from '../../src/sqlite.js';
import type { LocalWorkOSFault } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { startLocalWorkOS } from '../support/test-app.js';
import { during, imbalance, imbalanceUnderWay } from './support/balance.js';
import { App, delivery as quick, temporaryFolder } from './support/child.js';
import { flawless, Ledger, needlessSends } from './support/ledger.js';
import { seeded } from './support/random.js';
import { limit, size } from './support/size.js';

const clients = 32;
const { concurrency } = quick;
const backoff = { minMs: 200, maxMs: 2_000 };
const count = size(20_000, 2_000);

test(
  `WorkOS is away while ${count} requests come in: ${count} events, and at every look the counters add up`,
  limit,
  async () => {
    const workos = await startLocalWorkOS();
    const app = await App.start({ workos, path: join(temporaryFolder(), 'audit.db'), delivery: { backoff } });
    const ledger = new Ledger();
    const ask = (share: number): Promise<unknown> =>
      during(ledger.askFor(app, count * share, clients), async () => {
        expect(await imbalanceUnderWay(app, clients + concurrency)).toBe(0);
      });

    await ask(1 / 8);
    await workos.stop();
    await ask(3 / 8);
    expect(imbalance(await app.stats())).toBe(0);
    const before = workos.events.length;
    await workos.resume();
    const heal = workos.fail({ status: 503 });
    await ask(1 / 4);
    expect(imbalance(await app.stats())).toBe(0);
    heal();
    workos.fail({ hang: true });
    await ask(1 / 8);
    const outage = await app.stats();
    expect(imbalance(outage)).toBe(0);
    expect(workos.events).toHaveLength(before);
    expect(outage.pending + outage.leased).toBe(count * (7 / 8) - before);

    workos.heal();
    await ask(1 / 8);
    await workos.waitForEvents(count, { timeoutMs: size(300_000, 60_000) });
    await expect
      .poll(() => app.stats())
      .toMatchObject({
        recorded: count,
        delivered: count,
        pending: 0,
        leased: 0,
        held: 0,
        buried: 0,
        dropped: 0,
        degraded: 0,
      });
    expect([ledger.answered.size, ledger.verdict(workos.events)]).toEqual([count, flawless]);
    // At the most what was on its way when WorkOS went.
    expect(needlessSends(workos)).toBeLessThanOrEqual(concurrency);
  },
);

/** No more, so that LocalWorkOS, which remembers 50,000 requests, still has all. */
const flapping = size(10_000, 600);
/** What WorkOS does for a moment; `times` because one that hangs takes all slots. */
const moods: LocalWorkOSFault[] = [
  { times: 0 },
  { status: 503 },
  { status: 429, retryAfter: 0, times: 20 },
  { reset: 'before' },
  { reset: 'after' },
  { hang: true, times: 2 },
  { status: 502, body: '<html><body>Bad gateway</body></html>' },
  { status: 200, body: '<html><body>Sign in to the guest network</body></html>' },
  { slowBodyMs: 50, times: 20 },
  { slowBodyMs: 5_000, times: 2 },
  { status: 422, times: 1 },
];

test(`WorkOS changes its mood all the time while ${flapping} requests come in: ${flapping} events`, limit, () =>
  seeded(async (random) => {
    const workos = await startLocalWorkOS();
    const path = join(temporaryFolder(), 'audit.db');
    const app = await App.start({ workos, path, delivery: { timeoutMs: 250 } });
    const ledger = new Ledger();
    let changes = 0;
    const flap = setInterval(() => {
      workos.heal();
      workos.fail(moods[Math.floor(random(moods.length))] ?? {});
      changes += 1;
    }, 20);
    try {
      const asking = ledger.askFor(app, flapping, 8);
      const looks = await during(asking, async () => {
        expect(await imbalanceUnderWay(app, 8 + concurrency)).toBe(0);
      });
      expect(looks).toBeGreaterThan(5);
      // More than half of it still flaps while the rest is delivered.
      await workos.waitForEvents(flapping * 0.9, { timeoutMs: size(300_000, 60_000) });
    } finally {
      clearInterval(flap);
      workos.heal();
    }
    expect(changes).toBeGreaterThan(50);
    const settled = { pending: 0, leased: 0, held: 0 };
    await expect.poll(() => app.stats(), { timeout: 60_000 }).toMatchObject(settled);
    const stats = await app.stats();
    const refused = workos.requests.filter(({ status }) => status === 422).length;
    expect(stats).toMatchObject({ recorded: flapping, buried: refused, delivered: flapping - refused, dropped: 0 });

    // What WorkOS has refused is sent again by a person, from another process.
    const operator = sqliteOutbox({ path });
    await operator.open();
    expect(await operator.redrive()).toBe(refused);
    await operator.close();
    await workos.waitForEvents(flapping);
    await expect.poll(() => app.stats()).toMatchObject({ ...settled, buried: 0, delivered: flapping });
    expect([ledger.answered.size, ledger.verdict(workos.events)]).toEqual([flapping, flawless]);
    // Those whose answer came too late or could not be read, and never more than a fault allows.
    expect(needlessSends(workos)).toBeLessThan(changes * 4);
  }),
);
