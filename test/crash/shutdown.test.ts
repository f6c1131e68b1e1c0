import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLocalWorkOS } from '../support/test-app.js';
import { App, delivery, temporaryFolder } from './support/child.js';
import { flawless, Ledger, needlessSends } from './support/ledger.js';
import { limit, size } from './support/size.js';

/** Beyond the time-outs, for a machine that is busy. */
const SLACK_MS = 3_000;

const ends = [
  ['app.close()', 'close', { code: 0, signal: null }],
  // Nest ends itself with the same signal once its hooks are done.
  ['enableShutdownHooks()', 'hooks', { code: null, signal: 'SIGTERM' }],
] as const;

test.each(ends)(
  'SIGTERM while WorkOS is away, by %s: it ends in time, says how many wait, and the next start delivers them',
  limit,
  async (_how, shutdown, end) => {
    const workos = await startLocalWorkOS();
    const path = join(temporaryFolder(), 'audit.db');
    const ledger = new Ledger();
    const first = await App.start({ workos, path, shutdown });
    await (shutdown === 'close' ? workos.stop() : void workos.fail({ hang: true }));
    await ledger.askFor(first, 50);
    const begin = performance.now();
    expect(await first.end('SIGTERM')).toEqual(end);
    expect(performance.now() - begin).toBeLessThan(delivery.drainTimeoutMs + delivery.timeoutMs + SLACK_MS);
    expect(first.output).toContain(`50 audit events wait in the outbox (${path}) for the next start.`);
    expect(workos.events).toHaveLength(0);

    workos.heal();
    if (shutdown === 'close') await workos.resume();
    const second = await App.start({ workos, path, shutdown });
    await workos.waitForEvents(50);
    await expect.poll(() => second.stats()).toMatchObject({ pending: 0, leased: 0, delivered: 50 });
    expect(await second.end('SIGTERM')).toEqual(end);
    expect(second.output).not.toContain('audit events wait');
    expect([ledger.answered.size, ledger.verdict(workos.events)]).toEqual([50, flawless]);
  },
);

const restarts = size(50, 5);

test(
  `SIGTERM while it serves, ${restarts} times: what was answered has left before the process, and once`,
  limit,
  async () => {
    const workos = await startLocalWorkOS();
    const path = join(temporaryFolder(), 'audit.db');
    const ledger = new Ledger();
    for (let restart = 0; restart < restarts; restart += 1) {
      const app = await App.start({ workos, path, delivery: { drainTimeoutMs: 20_000 } });
      const enough = ledger.answered.size + 100;
      let asks = true;
      const asking = ledger.ask(
        app,
        16,
        () => asks,
        () => (ledger.asked.size % 2 === 0 ? 'after' : 'ahead'),
      );
      await expect.poll(() => ledger.answered.size, { timeout: 20_000, interval: 1 }).toBeGreaterThan(enough);
      const ended = app.end('SIGTERM');
      // As a load balancer does; connections that go on asking would hold Nest for ever.
      asks = false;
      expect(await ended).toEqual({ code: 0, signal: null });
      await asking;
      expect(app.output).not.toContain('audit events wait');
      expect(ledger.verdict(workos.events)).toEqual(flawless);
    }
    expect(needlessSends(workos)).toBe(0);
  },
);
