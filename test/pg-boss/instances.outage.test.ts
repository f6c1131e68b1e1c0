import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { App, delivery, temporaryFolder } from '../crash/support/child.js';
import { flawless, Ledger } from '../crash/support/ledger.js';
import { limit, size } from '../crash/support/size.js';
import { tracesOf } from '../crash/support/traces.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { startLocalWorkOS } from '../support/test-app.js';
import { answeredArrived, nothingLeft, seconds, sum } from './support/instances.js';
import { droppedIds } from './support/dropped.js';

const leaseMs = 10_000;
const PATIENCE_MS = 60_000;
const restarts = size(20, 1);

test(
  `Postgres crashes under load and comes back, ${restarts} times: no request fails, no event is missing`,
  limit,
  async ({ annotate }) => {
    const workos = await startLocalWorkOS();
    const postgres = await OwnPostgres.create();
    await postgres.start();
    // Longer than Postgres is away, so that everybody waits for it.
    const outbox = { connectionString: postgres.url, leaseMs, timeoutMs: 15_000 };
    const options = { workos, delivery, postgres: outbox, appendTimeoutMs: 15_000 };
    const apps = await Promise.all([App.start(options), App.start(options)]);
    const ledger = new Ledger();
    let serves = true;
    const route = () => (ledger.asked.size % 2 === 0 ? ('after' as const) : ('ahead' as const));
    const asking = Promise.all(apps.map((app) => ledger.ask(app, 8, () => serves, route)));
    const answered = async (more: number): Promise<void> => {
      const enough = ledger.answered.size + more;
      await expect.poll(() => ledger.answered.size, { timeout: 60_000, interval: 5 }).toBeGreaterThan(enough);
    };
    const away: number[] = [];
    for (let restart = 0; restart < restarts; restart += 1) {
      await answered(150);
      const stoppedAt = performance.now();
      await postgres.crash();
      await postgres.start();
      away.push(performance.now() - stoppedAt);
    }
    await answered(150);
    serves = false;
    await asking;

    await answeredArrived(ledger, workos, PATIENCE_MS);
    await expect.poll(() => apps[0].stats(), { timeout: PATIENCE_MS }).toMatchObject(nothingLeft);
    const { refused, missing, ...verdict } = ledger.verdict(workos.events);
    const { missing: _none, refused: _neither, ...clean } = flawless;
    expect([refused, missing, verdict]).toEqual([[], [], clean]);
    await annotate(
      `${ledger.answered.size} requests, Postgres away for ${away.map(seconds).join(', ')}: all delivered`,
    );
  },
);

test('Postgres is not there at the boot: an instance ends and says why or, by option, waits', limit, async () => {
  const workos = await startLocalWorkOS();
  const postgres = await OwnPostgres.create();
  const { url: connectionString } = postgres;
  const hasty = await App.spawn({ workos, postgres: { connectionString } });
  const patient = await App.spawn({ workos, postgres: { connectionString, bootTimeoutMs: 60_000 } });

  await expect(hasty.ready).rejects.toThrow('It ended');
  expect(await hasty.exited).toMatchObject({ code: 1 });
  const place = `Postgres ${new URL(connectionString).host}/postgres, queue workos_audit.audit-events`;
  expect(hasty.output).toContain(`the outbox (${place}) does not open`);
  expect(hasty.output).toContain('ECONNREFUSED');

  await expect
    .poll(() => patient.output, { timeout: 30_000 })
    .toContain('waits for its Postgres: connect ECONNREFUSED');
  await postgres.start();
  const ledger = new Ledger();
  await ledger.askFor(patient, 20, 4);
  await workos.waitForEvents(20, { timeoutMs: PATIENCE_MS });
  expect([ledger.answered.size, ledger.verdict(workos.events)]).toEqual([20, flawless]);
  for (const app of [hasty, patient]) expect(app.output).not.toContain('password');
});

test(
  'Postgres is away while they serve: `after` answers, prints and counts, `write-ahead` refuses; then all goes on',
  limit,
  async ({ annotate }) => {
    const workos = await startLocalWorkOS();
    const postgres = await OwnPostgres.create();
    await postgres.start();
    const outbox = { connectionString: postgres.url, leaseMs, timeoutMs: 500 };
    const paths = [join(temporaryFolder(), 'audit.db'), join(temporaryFolder(), 'audit.db')];
    const apps = await Promise.all(paths.map((path) => App.start({ workos, path, delivery, postgres: outbox })));
    const before = new Ledger();
    await Promise.all(apps.map((app) => before.askFor(app, 50, 4)));
    await expect.poll(() => apps[0]!.stats(), { timeout: PATIENCE_MS }).toMatchObject(nothingLeft);

    await postgres.stop();
    const [after, ahead] = [new Ledger(), new Ledger()];
    await Promise.all(apps.map((app) => after.askFor(app, 60, 8)));
    await Promise.all(apps.map((app) => ahead.askFor(app, 60, 8, () => 'ahead')));
    // The responses stay as they are, and each event is in the log, whole.
    expect(after.answered.size).toBe(120);
    expect(apps.flatMap(droppedIds).toSorted()).toEqual([...after.answered].toSorted());
    // Nothing is answered that is not written ahead, and nothing done.
    expect(ahead.answered.size).toBe(0);
    const { refused } = ahead.verdict([]);
    expect(refused.map((text) => text.slice(-5))).toEqual(Array.from({ length: 120 }, () => ': 503'));
    expect(paths.flatMap(tracesIn).filter((id) => ahead.asked.has(id))).toEqual([]);

    await postgres.start();
    const resumedAt = performance.now();
    const again = new Ledger();
    const servesAgain = async () => {
      const tries = await Promise.all(apps.map((app) => isWrittenAhead(app)));
      return tries.every(Boolean);
    };
    await expect.poll(servesAgain, { timeout: PATIENCE_MS, interval: 50 }).toBe(true);
    const tookMs = performance.now() - resumedAt;
    await Promise.all(apps.map((app) => again.askFor(app, 60, 8, () => 'after')));
    await answeredArrived(again, workos, PATIENCE_MS);
    await expect.poll(() => apps[0]!.stats(), { timeout: PATIENCE_MS }).toMatchObject(nothingLeft);
    const stats = await Promise.all(apps.map((app) => app.stats()));
    expect(sum(stats, 'dropped')).toBe(120);
    expect(sum(stats, 'recorded')).toBe(sum(stats, 'delivered') + 120);
    const dropped = new Set(after.answered);
    expect(workos.events.filter(({ targets }) => targets.some(({ id }) => dropped.has(id)))).toEqual([]);
    await annotate(`Postgres back, and requests are written ahead again after ${seconds(tookMs)}`);
    for (const app of apps) expect(app.output).not.toContain('password');
  },
);

/** What the handlers that are written ahead have done. */
function tracesIn(path: string): string[] {
  const file = tracesOf(path);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function isWrittenAhead(app: App): Promise<boolean> {
  const response = await fetch(`${await app.ready}/ahead/${randomUUID()}`, { method: 'POST' });
  return response.ok;
}
