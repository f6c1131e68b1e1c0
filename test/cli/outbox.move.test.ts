import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditOutbox } from 'nestjs-workos-audit';
import { pgBossOutbox } from 'nestjs-workos-audit/pg-boss';
import { beforeAll, expect, test } from 'vitest';
import { postgresDatabase, type TestDatabase } from '../support/postgres.js';
import { startLocalWorkOS, TestApp } from '../support/test-app.js';
import { DEFAULT_FILE, makeEvent, OutboxProject, REFUSED } from './support/outbox-file.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await postgresDatabase();
}, 60_000);

const event = makeEvent({ organizationId: 'org_local' });

async function fill(outbox: AuditOutbox, count: number): Promise<string[]> {
  const entries = Array.from({ length: count }, () => ({ id: randomUUID(), recordedAt: Date.now(), event }));
  await outbox.append(entries);
  return entries.map(({ id }) => id);
}

const move = (queue: string): string[] => ['move', '--from', DEFAULT_FILE, '--to', database.url, '--queue', queue];

test('moves what waits and what is buried, with ids, times and reasons', { timeout: 120_000 }, async () => {
  let ids: string[] = [];
  await using project = await OutboxProject.create(async (outbox) => {
    ids = await fill(outbox, 6);
    const claimed = await outbox.claim(4, 1_500);
    await outbox.bury(claimed[0]!.id, REFUSED);
    await outbox.retry(claimed[1]!.id, new Date(Date.now() + 600_000), { message: 'down' });
    await outbox.complete([claimed[2]!.id]);
  });
  const [buried, later, gone, leased, ...due] = ids;
  const first = await project.run(...move('simple'));
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain(`5 events moved from ${DEFAULT_FILE} to Postgres 127.0.0.1`);
  expect(await project.json(...move('simple'))).toEqual({ moved: 0, left: 0 });
  expect(await project.json('stats')).toMatchObject({ pending: 0, leased: 0, held: 0, buried: 0 });

  const outbox = pgBossOutbox({ connectionString: database.url, queue: 'simple' });
  await outbox.open();
  try {
    const claimed = await outbox.claim(9, 60_000);
    expect(claimed.map(({ id }) => id).toSorted()).toEqual([leased, ...due].toSorted());
    expect(claimed[0]?.event).toEqual(event);
    expect(await outbox.stats()).toMatchObject({ pending: 1, buried: 1 });
    expect(await Array.fromAsync(outbox.buried())).toMatchObject([{ id: buried, error: REFUSED }]);
    expect(later).toBeDefined();
    expect(gone).toBeDefined();
  } finally {
    await outbox.close();
  }
});

test(
  'loses none and doubles none, however often it is killed, while the new application delivers',
  {
    timeout: 240_000,
  },
  async () => {
    let ids: string[] = [];
    let refused: string[] = [];
    await using project = await OutboxProject.create(async (outbox) => {
      refused = await fill(outbox, 60);
      for (const { id } of await outbox.claim(60, 600_000)) await outbox.bury(id, REFUSED);
      ids = await fill(outbox, 5_000);
    });
    const workos = await startLocalWorkOS();
    const outbox = pgBossOutbox({ connectionString: database.url, queue: 'killed' });
    const app = await TestApp.start({
      workos,
      audit: { outbox, delivery: { concurrency: 16, ratePerSecond: 10_000 } },
    });

    let kills = 0;
    for (let timeout = 400; ; timeout += Math.round(200 * Math.random())) {
      const args = ['outbox', ...move('killed')];
      const { code, stderr } = await project.project.run(args, () => {}, { timeout, killSignal: 'SIGKILL' });
      if (code === 0) break;
      expect([code, stderr]).toEqual([null, '']);
      kills += 1;
    }
    expect(kills).toBeGreaterThan(0);
    await workos.waitForEvents(ids.length, { timeoutMs: 120_000 });
    await sleep(500);
    expect(workos.events).toHaveLength(ids.length);
    expect(await app.audit.stats()).toMatchObject({ pending: 0, leased: 0, buried: refused.length });
    const buried = await Array.fromAsync(outbox.buried());
    expect(buried.map(({ id }) => id).toSorted()).toEqual(refused.toSorted());
  },
);
