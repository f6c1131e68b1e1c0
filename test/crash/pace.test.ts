import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUDIT_OUTBOX, type AuditOutbox, memoryOutbox, type OutboxEntry } from 'nestjs-workos-audit';
import { expect, test } from 'vitest';
import { startLocalWorkOS, TestApp } from '../support/test-app.js';
import { limit, size } from './support/size.js';

const allowed = 100;
const seconds = size(60, 12);
/** In the soak nothing else takes the processor. */
const least = size(0.9, 0.6);

function entry(): OutboxEntry {
  const event = { organizationId: 'org_local', action: 'a.b', occurredAt: new Date().toISOString(), targets: [] };
  const actor = { id: 'a', type: 'user', metadata: {} };
  return {
    id: randomUUID(),
    recordedAt: Date.now(),
    event: { ...event, actor, context: { location: 'internal' }, metadata: {} },
  };
}

test.each([1, 4])(
  `%i instances with a backlog share a key that allows ${allowed} a second: they use it, each its share, and little is refused`,
  limit,
  async (instances) => {
    const workos = await startLocalWorkOS({ ratePerMinute: allowed * 60, rateBurst: 10, rateRetryAfter: false });
    const apps: TestApp[] = [];
    for (let instance = 0; instance < instances; instance += 1) {
      const delivery = { ratePerSecond: instances === 1 ? 200 : 90, concurrency: 16, drainTimeoutMs: 1 };
      const outbox = memoryOutbox({ capacity: 100_000 });
      const app = await TestApp.start({ workos, audit: { outbox, delivery } });
      apps.push(app);
      const backlog = Array.from({ length: allowed * (seconds + 10) * 2 }, entry);
      await app.nest.get<AuditOutbox>(AUDIT_OUTBOX).append(backlog);
    }
    const delivered = (): Promise<number[]> =>
      Promise.all(apps.map(async ({ audit }) => (await audit.stats()).delivered));
    await sleep(4_000); // they find each other
    const [begin, before, refusedBefore] = [performance.now(), await delivered(), refused()];
    await sleep(seconds * 1_000);
    const after = await delivered();
    const elapsed = (performance.now() - begin) / 1_000;
    const shares = after.map((count, i) => count - (before[i] ?? 0));
    const accepted = shares.reduce((sum, share) => sum + share, 0);
    const figures = { accepted: accepted / elapsed, refused: refused() - refusedBefore, shares };
    // oxlint-disable-next-line no-console -- what the soak is run for
    console.log(`${instances} instances`, figures);
    expect(accepted / elapsed).toBeGreaterThan(allowed * least);
    expect(figures.refused / accepted).toBeLessThan(0.02);
    for (const share of shares) expect(share).toBeGreaterThan((accepted / instances) * 0.3);
    for (const app of apps) app.nest.get<AuditOutbox>(AUDIT_OUTBOX).abandon?.(); // not to print it whole

    function refused(): number {
      return workos.requests.filter(({ status }) => status === 429).length;
    }
  },
);
