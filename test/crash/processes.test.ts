import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLocalWorkOS } from '../support/test-app.js';
import { App, Clock, delivery, temporaryFolder } from './support/child.js';
import { flawless, Ledger, needlessSends } from './support/ledger.js';
import { seeded } from './support/random.js';
import { limit, size, soak } from './support/size.js';

const { concurrency } = delivery;
/** As AuditModule makes it. */
const leaseMs = 2 * delivery.timeoutMs + 10_000;

test(
  'two processes on one file, one killed: the other delivers its events, after their lease and not before',
  limit,
  async () => {
    const workos = await startLocalWorkOS();
    const path = join(temporaryFolder(), 'audit.db');
    const ledger = new Ledger();
    const clock = new Clock();
    const first = await App.start({ workos, path, clock });
    workos.fail({ hang: true, times: concurrency });
    await ledger.askFor(first, concurrency);
    await expect.poll(() => first.stats(), { interval: 10 }).toMatchObject({ leased: concurrency });
    await first.end('SIGKILL');

    const other = await App.start({ workos, path, clock });
    await ledger.askFor(other, 100);
    await workos.waitForEvents(100);
    // It has looked for events often, and left those alone.
    const { claims } = await other.stats();
    await expect.poll(async () => (await other.stats()).claims).toBeGreaterThan(claims + 5);
    expect(await other.stats()).toMatchObject({ leased: concurrency, pending: 0, delivered: 100 });

    if (!soak) clock.set(leaseMs);
    await workos.waitForEvents(100 + concurrency, { timeoutMs: 20_000 });
    await expect.poll(() => other.stats()).toMatchObject({ leased: 0, pending: 0, delivered: 100 + concurrency });
    expect(ledger.verdict(workos.events)).toEqual(flawless);
    expect(ledger.answered.size).toBe(100 + concurrency);
  },
);

const rounds = size(40, 4);

test(`two processes share a file under load, ${rounds} times one is killed and started again`, limit, () =>
  seeded(async (random) => {
    const workos = await startLocalWorkOS();
    const path = join(temporaryFolder(), 'audit.db');
    const ledger = new Ledger();
    const clock = new Clock();
    const survivor = await App.start({ workos, path, clock });
    for (let round = 0; round < rounds; round += 1) {
      const victim = await App.start({ workos, path, clock });
      let dead = false;
      const enough = ledger.answered.size + 50 + random(300);
      const asking = Promise.all([ledger.ask(victim, 8, () => true), ledger.ask(survivor, 8, () => !dead)]);
      await expect.poll(() => ledger.answered.size, { timeout: 20_000, interval: 1 }).toBeGreaterThan(enough);
      await victim.end('SIGKILL');
      dead = true;
      await asking;
    }
    if (!soak) clock.set(leaseMs);
    const nothingLeft = { pending: 0, leased: 0, held: 0, buried: 0 };
    await expect.poll(() => survivor.stats(), { timeout: 30_000 }).toMatchObject(nothingLeft);
    expect(ledger.verdict(workos.events)).toEqual(flawless);
    // At the most what the killed ones had on its way.
    expect(needlessSends(workos)).toBeLessThanOrEqual(rounds * concurrency);
  }),
);
