import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalWorkOSFault } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { startLocalWorkOS } from '../support/test-app.js';
import { afterAllLeases, App, Clock, temporaryFolder } from './support/child.js';
import { flawless, Ledger } from './support/ledger.js';
import { seeded } from './support/random.js';
import { limit, size, soak } from './support/size.js';
import { tracesOf } from './support/traces.js';

const faults: LocalWorkOSFault[] = [{ times: 0 }, { times: 0 }, { status: 503 }, { delayMs: 50 }, { reset: 'after' }];
const cycles = size(200, 25);

test(`${cycles} times kill -9, while it boots, serves and delivers: one event for every answered request`, limit, () =>
  seeded(async (random) => {
    const workos = await startLocalWorkOS();
    const path = join(temporaryFolder(), 'audit.db');
    const ledger = new Ledger();
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const app = await App.spawn({ workos, path });
      if (random() < 0.2) {
        await sleep(random(400)); // while it boots
        await app.end('SIGKILL');
        continue;
      }
      // Often WorkOS is away, so that there is a backlog, or slow, so that events are on their way.
      const undo = workos.fail(faults[Math.floor(random(faults.length))] ?? { times: 0 });
      const enough = ledger.answered.size + random(100);
      const asking = ledger.ask(
        app,
        16,
        () => true,
        () => (random() < 0.5 ? 'after' : 'ahead'),
      );
      await expect.poll(() => ledger.answered.size, { timeout: 20_000, interval: 1 }).toBeGreaterThan(enough);
      await sleep(random(10));
      await app.end('SIGKILL');
      await asking;
      undo();
    }

    // Nobody is left whose leases these are; they run out in a minute.
    const last = await App.start({ workos, path, clock: new Clock(soak ? 0 : afterAllLeases) });
    const nothingLeft = { pending: 0, leased: 0, held: 0, buried: 0 };
    await expect.poll(() => last.stats(), { timeout: 75_000, interval: 100 }).toMatchObject(nothingLeft);
    expect(ledger.verdict(workos.events)).toEqual(flawless);
    // What was written ahead and then done has an event, answered or not.
    const known = new Set(workos.events.flatMap(({ targets }) => targets.map(({ id }) => id)));
    const done = readFileSync(tracesOf(path), 'utf8').trim().split('\n');
    expect(done.filter((id) => !known.has(id))).toEqual([]);
    // That it has really met requests, answered and not.
    expect(ledger.answered.size).toBeGreaterThan(cycles * 20);
    expect(ledger.asked.size).toBeGreaterThan(ledger.answered.size);
  }),
);
