import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { App, delivery } from '../crash/support/child.js';
import { flawless, Ledger } from '../crash/support/ledger.js';
import { limit, size } from '../crash/support/size.js';
import { postgresDatabase } from '../support/postgres.js';
import { startLocalWorkOS } from '../support/test-app.js';
import { sum } from './support/instances.js';

const instances = size(4, 3);
/** What WorkOS allows all of them together, in the soak as it really is; and what each may send by its own default. */
const allowed = size(100, 30);
const each = allowed * 0.9;
const waiting = allowed * size(120, 30);
const [settleMs, measureMs] = [size(30_000, 8_000), size(60_000, 12_000)];

test(
  `${instances} instances share the limit of one API key without a word between them`,
  limit,
  async ({ annotate }) => {
    const workos = await startLocalWorkOS({ ratePerMinute: allowed * 60 });
    const { url } = await postgresDatabase();
    const options = {
      workos,
      postgres: { connectionString: url },
      // The limiter says 429 for as long as there is none to give, so that the first back-off need not be long.
      delivery: { ...delivery, timeoutMs: 5_000, ratePerSecond: each, concurrency: 8 },
    };
    // WorkOS is away while they record, so that there is a backlog.
    const apps = await Promise.all(Array.from({ length: instances }, () => App.start(options)));
    await workos.stop();
    const ledger = new Ledger();
    await Promise.all(apps.map((app) => ledger.askFor(app, Math.ceil(waiting / instances), 16)));
    await workos.resume();
    await useUp(workos);

    await sleep(settleMs);
    const [from, begin, before] = [workos.requests.length, performance.now(), await statsOf(apps)];
    await sleep(measureMs);
    const asked = workos.requests.slice(from);
    const took = (performance.now() - begin) / 1_000;
    const after = await statsOf(apps);
    const accepted = asked.filter(({ status }) => status === 200).length;
    const refused = asked.filter(({ status }) => status === 429).length;
    const shares = after.map(({ delivered }, index) => (delivered - before[index]!.delivered) / accepted);
    await annotate(
      `${instances} instances of ${each}/s each, ${allowed}/s allowed: ${percent(accepted / took / allowed)} of it used, ` +
        `${percent(refused / asked.length)} of the requests refused, shares ${shares.map(percent).join(', ')}`,
    );
    expect(after[0]!.pending).toBeGreaterThan(0); // there was always something to send
    expect(accepted / took / allowed).toBeGreaterThan(0.5);
    expect(refused / asked.length).toBeLessThan(0.2);
    // Nobody starves.
    for (const share of shares) expect(share).toBeGreaterThan(0.25 / instances);

    // What was refused for its pace is but late.
    expect([sum(after, 'dropped'), after[0]!.buried]).toEqual([0, 0]);
    expect({ ...ledger.verdict(workos.events), missing: [] }).toEqual(flawless);
  },
);

/** A limiter that has rested gives a whole minute's worth at once. */
async function useUp(workos: Awaited<ReturnType<typeof startLocalWorkOS>>): Promise<void> {
  const headers = { authorization: `Bearer ${workos.apiKey}` };
  const ask = async (): Promise<number> => (await fetch(`${workos.url}/organizations`, { headers })).status;
  const client = async (): Promise<void> => {
    while ((await ask()) !== 429);
  };
  await Promise.all(Array.from({ length: 16 }, client));
}

const statsOf = (apps: readonly App[]) => Promise.all(apps.map((app) => app.stats()));
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
