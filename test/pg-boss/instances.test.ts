import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { App, delivery } from '../crash/support/child.js';
import { flawless, Ledger, needlessSends } from '../crash/support/ledger.js';
import { limit, size } from '../crash/support/size.js';
import { postgresDatabase } from '../support/postgres.js';
import { startLocalWorkOS } from '../support/test-app.js';
import { answeredArrived, nothingLeft, seconds, sum } from './support/instances.js';

/** The shortest that pg-boss allows. */
const leaseMs = 10_000;
/** Whoever looks for silent instances first does so every five seconds; beyond that, for a machine that is busy. */
const PATIENCE_MS = leaseMs + 5_000 + 30_000;
const instances = size(4, 3);
const concurrency = 8;
/** No answer is given up for being late, since then its event would be sent twice. */
const patient = { ...delivery, timeoutMs: 10_000 };

interface Started {
  readonly workos: LocalWorkOS;
  readonly apps: App[];
  startAnother(): Promise<App>;
}

async function startInstances(): Promise<Started> {
  const workos = await startLocalWorkOS();
  const { url: connectionString } = await postgresDatabase();
  const startAnother = () => App.start({ workos, delivery: patient, postgres: { connectionString, leaseMs } });
  // All at once, so that they also meet while the schema is being made.
  return { workos, apps: await Promise.all(Array.from({ length: instances }, startAnother)), startAnother };
}

const count = size(20_000, 600);

test(
  `${instances} instances serve ${count} requests: each event is sent once, by whichever of them`,
  limit,
  async () => {
    const { workos, apps } = await startInstances();
    const ledger = new Ledger();
    const route = () => (ledger.asked.size % 4 === 0 ? ('ahead' as const) : ('after' as const));
    await Promise.all(apps.map((app) => ledger.askFor(app, count / instances, 8, route)));
    await workos.waitForEvents(count, { timeoutMs: size(300_000, 60_000) });
    const stats = async () => Promise.all(apps.map((app) => app.stats()));
    await expect.poll(async () => sum(await stats(), 'delivered'), { timeout: 10_000 }).toBe(count);
    const all = await stats();
    expect([sum(all, 'recorded'), sum(all, 'dropped'), sum(all, 'retried')]).toEqual([count, 0, 0]);
    for (const one of all) expect(one).toMatchObject(nothingLeft);
    expect([ledger.answered.size, ledger.verdict(workos.events), needlessSends(workos)]).toEqual([count, flawless, 0]);
  },
);

test('kill -9 while it sends: the others deliver what it had, once its lease is over', limit, async ({ annotate }) => {
  const { workos, apps } = await startInstances();
  const [victim, ...others] = apps as [App, ...App[]];
  const ledger = new Ledger();
  // WorkOS takes so long that all have something on its way, and some waits.
  workos.fail({ delayMs: 400, times: 400 });
  let serves = true;
  const asking = Promise.all([
    ledger.ask(victim, 8, () => true),
    ...others.map((app) => ledger.ask(app, 4, () => serves)),
  ]);
  await expect.poll(() => workos.requests.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(instances * 20);
  await victim.end('SIGKILL');
  const killedAt = performance.now();
  serves = false;
  await asking;
  workos.heal();

  const [other] = others as [App];
  await expect.poll(() => other.stats(), { timeout: 30_000, interval: 50 }).toMatchObject({ pending: 0 });
  // The others are done with theirs by now; what the dead one had claimed is left.
  await sleep(1_000);
  const { leased: left } = await other.stats();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(3 * concurrency); // a third of it on its way, the rest claimed ahead
  await expect.poll(() => other.stats(), { timeout: PATIENCE_MS, interval: 50 }).toMatchObject(nothingLeft);
  const tookMs = performance.now() - killedAt;
  await answeredArrived(ledger, workos, 5_000);
  await annotate(
    `kill -9: the ${left} events that it had claimed arrived after ${seconds(tookMs)}, the lease being ${seconds(leaseMs)}`,
  );
  expect(ledger.verdict(workos.events)).toEqual(flawless);
  expect(tookMs).toBeLessThan(PATIENCE_MS);
  // Again only what the victim had sent without noting it.
  expect(needlessSends(workos)).toBeLessThanOrEqual(concurrency);
});

const rounds = size(20, 2);

test(`${rounds} times one is killed under load and another comes`, limit, async () => {
  const { workos, apps, startAnother } = await startInstances();
  const ledger = new Ledger();
  for (let round = 0; round < rounds; round += 1) {
    const victim = apps.shift()!;
    let serves = true;
    const asking = Promise.all([
      ledger.ask(victim, 8, () => true),
      ...apps.map((app) => ledger.ask(app, 8, () => serves)),
    ]);
    const enough = ledger.answered.size + 300;
    await expect.poll(() => ledger.answered.size, { timeout: 30_000, interval: 1 }).toBeGreaterThan(enough);
    await victim.end('SIGKILL');
    serves = false;
    await asking;
    apps.push(await startAnother());
  }
  await expect.poll(() => apps[0]!.stats(), { timeout: PATIENCE_MS }).toMatchObject(nothingLeft);
  expect(ledger.verdict(workos.events)).toEqual(flawless);
});
