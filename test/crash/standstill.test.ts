import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startLocalWorkOS } from '../support/test-app.js';
import { App } from './support/child.js';
import { flawless, Ledger } from './support/ledger.js';
import { limit, size } from './support/size.js';

const rounds = size(20, 3);

test(
  `a process that stands still ${rounds} times for longer than the outbox may take drops nothing and refuses nothing`,
  limit,
  async () => {
    const workos = await startLocalWorkOS();
    const app = await App.start({ workos, appendTimeoutMs: 300 });
    const ledger = new Ledger();
    let over = false;
    let requests = 0;
    const route = (): 'after' | 'ahead' => ((requests += 1) % 2 === 0 ? 'after' : 'ahead');
    const asking = ledger.ask(app, 16, () => !over, route);
    for (let round = 0; round < rounds; round += 1) {
      const { size: answered } = ledger.answered;
      await expect.poll(() => ledger.answered.size, { timeout: 20_000, interval: 5 }).toBeGreaterThan(answered + 50);
      app.stop();
      await sleep(1_500);
      app.goOn();
    }
    over = true;
    await asking;
    await workos.waitForEvents(ledger.answered.size, { timeoutMs: 60_000 });
    const { size: count } = ledger.answered;
    await expect.poll(() => app.stats()).toMatchObject({ recorded: count, delivered: count, dropped: 0, degraded: 0 });
    expect(ledger.verdict(workos.events)).toEqual(flawless);
    expect(app.output).not.toMatch(/dropped|refused|could not be/);
  },
);
