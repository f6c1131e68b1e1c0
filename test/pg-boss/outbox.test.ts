import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditOutbox, OutboxEntry } from 'nestjs-workos-audit';
import { pgBossOutbox, type PgBossOutboxOptions } from 'nestjs-workos-audit/pg-boss';
import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { postgresDatabase, type TestDatabase, urlOf } from '../support/postgres.js';
import { startLocalWorkOS, TestApp } from '../support/test-app.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await postgresDatabase();
}, 60_000);

const newQueue = (): string => `q-${randomBytes(4).toString('hex')}`;

async function open(options: Partial<PgBossOutboxOptions> = {}): Promise<AuditOutbox> {
  const outbox = pgBossOutbox({
    ...(!options.boss && { connectionString: database.url }),
    queue: newQueue(),
    ...options,
  });
  await outbox.open();
  onTestFinished(() => outbox.close());
  return outbox;
}

function entry(action = 'thing.make'): OutboxEntry {
  const actor = { id: 'user_1', type: 'user', metadata: {} };
  const occurredAt = new Date().toISOString();
  const event = {
    organizationId: 'org_local',
    action,
    occurredAt,
    actor,
    targets: [],
    context: { location: 'x' },
    metadata: {},
  };
  return { id: randomUUID(), recordedAt: Date.now(), event };
}

async function until<T>(find: () => Promise<T | undefined | false>, ms = 30_000): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (performance.now() > deadline) throw new Error('waited in vain');
    await sleep(50);
  }
}

describe('options', () => {
  const connectionString = 'postgres://audit:s3cret@localhost/app';
  const cases: [object, string][] = [
    [{}, 'needs either { connectionString }, such as process.env.DATABASE_URL (is it set?), or { boss }'],
    [{ connectionString: undefined }, 'is it set?'],
    [{ connectionString: 'mysql://u:s3cret@h' }, 'connectionString }) must be a URL such as postgres://'],
    [{ boss: {} }, 'boss }) must be a PgBoss of pg-boss 12'],
    [{ connectionString, schema: 'a"b' }, 'schema }) must be a plain name'],
    [{ connectionString, queue: 'a b' }, 'queue }) must be letters'],
    [{ connectionString, leaseMs: 5_000 }, 'leaseMs }) must be whole seconds from 10000'],
    [{ connectionString, timeoutMs: 0 }, 'timeoutMs }) must be'],
    [{ connectionString, bootTimeoutMs: -1 }, 'bootTimeoutMs }) must be'],
    [{ connectionString, maxConnections: 1 }, 'maxConnections }) must be a whole number of at least 2'],
    [{ connectionString, retentionDays: 0 }, 'retentionDays }) must be'],
  ];
  test.each(cases)('%j', (options, message) => {
    const make = (): unknown => pgBossOutbox(options);
    expect(make).toThrow(message);
    expect(make).not.toThrow('s3cret');
  });
});

test('appends that wait together go out as one insert, each answered on its own', async () => {
  const outbox = await open();
  const entries = Array.from({ length: 3_000 }, () => entry());
  const before = await transactions();
  await Promise.all(entries.map((one) => outbox.append([one])));
  expect((await transactions()) - before).toBeLessThan(300);
  const claimed = await outbox.claim(5_000, 60_000);
  expect(claimed.map(({ id }) => id).toSorted()).toEqual(entries.map(({ id }) => id).toSorted());
});

async function transactions(): Promise<number> {
  await sleep(1_200); // Postgres tells its statistics once a second
  const [row] = await database.query<{ count: string }>(
    'SELECT xact_commit AS count FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(row?.count);
}

test('an event that cannot be stored costs the others nothing', async () => {
  const outbox = await open();
  const wrong = { ...entry(), id: 'no uuid' };
  const results = await Promise.allSettled([
    outbox.append([entry()]),
    outbox.append([wrong]),
    outbox.append([entry()]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await outbox.claim(9, 60_000)).toHaveLength(2);
});

test('wakes other instances, also those that hear of it by a commit', async () => {
  const queue = newQueue();
  const [one, other] = [await open({ queue }), await open({ queue })];
  const woken = { one: 0, other: 0 };
  one.onAppend?.(() => (woken.one += 1));
  other.onAppend?.(() => (woken.other += 1));
  await one.append([entry()]);
  expect(woken.one).toBe(1);
  await until(async () => woken.other === 1);

  const client = new Client(database.url);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN');
  await one.append([entry()], { transaction: client });
  await sleep(300);
  expect(woken).toEqual({ one: 1, other: 1 });
  await client.query('COMMIT');
  await until(async () => woken.one === 2 && woken.other === 2);
});

test('without NOTIFY, events of other instances are found by polling', async () => {
  const queue = newQueue();
  const writer = await open({ queue, notify: false });
  const workos = await startLocalWorkOS();
  const outbox = pgBossOutbox({ connectionString: database.url, queue, notify: false });
  await TestApp.start({ workos, audit: { outbox } });
  await writer.append([entry()]);
  expect(await workos.waitForEvents(1)).toHaveLength(1);
});

test('what a killed process had claimed comes back', { timeout: 90_000 }, async () => {
  const queue = newQueue();
  const outbox = await open({ queue, leaseMs: 10_000 });
  const entries = [entry(), entry()];
  await outbox.append(entries);
  const script = `
    import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
    const boss = new PgBoss({ connectionString: '${database.url}', schema: 'workos_audit', supervise: false });
    await boss.start();
    console.log((await boss.fetch('${queue}', { batchSize: 2 })).length);
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const claimed = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())));
  expect(claimed).toBe('2');
  child.kill('SIGKILL');
  const killedAt = performance.now();
  const again = await until(async () => {
    const found = await outbox.claim(9, 60_000);
    return found.length > 0 && found;
  }, 60_000);
  // The lease of 10 s and a round of supervision, not the minutes of pg-boss's defaults.
  expect(performance.now() - killedAt).toBeLessThan(40_000);
  expect(again.map(({ id, attempts }) => ({ id, attempts }))).toEqual(entries.map(({ id }) => ({ id, attempts: 1 })));
});

test('a claim is kept for longer than the heartbeat, as long as its process lives', { timeout: 60_000 }, async () => {
  const queue = newQueue();
  const [one, other] = [await open({ queue, leaseMs: 10_000 }), await open({ queue, leaseMs: 10_000 })];
  await one.append([entry()]);
  const [claimed] = await one.claim(1, 60_000);
  await sleep(18_000);
  expect(await other.claim(1, 60_000)).toEqual([]);
  await one.complete([claimed!.id]);
  expect(await one.stats()).toMatchObject({ pending: 0, leased: 0 });
});

describe('a pg-boss of the application', () => {
  test('is used, and not stopped', async () => {
    const boss = new PgBoss({ connectionString: database.url, schema: 'app_jobs', superviseIntervalSeconds: 5 });
    boss.on('error', () => {});
    await boss.start();
    onTestFinished(() => boss.stop());
    const workos = await startLocalWorkOS();
    const outbox = pgBossOutbox({ boss, queue: 'audit' });
    const app = await TestApp.start({ workos, audit: { outbox } });
    await app.audit.record('post.create', { actor: { id: 'u' }, organizationId: 'org_local', targets: { post: 'p' } });
    await app.events(1);
    await app.close();
    expect(await boss.getQueue('audit')).toMatchObject({ deadLetter: 'audit-buried', retentionSeconds: 315_360_000 });
    expect(await boss.isInstalled()).toBe(true);
  });

  test('that was not started is told apart', async () => {
    const boss = new PgBoss({ connectionString: database.url });
    await expect(open({ boss })).rejects.toThrow('Call start() before');
  });
});

describe('the role of the database', () => {
  /** A role that may log in, and what `grants` give it. */
  async function role(schema: string, ...grants: string[]): Promise<string> {
    const name = `role_${randomBytes(4).toString('hex')}`;
    for (const sql of [`CREATE ROLE ${name} LOGIN PASSWORD 'pw'`, ...grants]) {
      await database.query(sql.replaceAll('$role', name).replaceAll('$schema', schema));
    }
    return urlOf(database.port, new URL(database.url).pathname.slice(1), name, 'pw');
  }

  test('may use what another has installed, with these rights alone', async () => {
    const schema = 'restricted';
    const installer = await open({ schema });
    await installer.close();
    const connectionString = await role(
      schema,
      'GRANT USAGE ON SCHEMA $schema TO $role',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA $schema TO $role',
    );
    const outbox = await open({ schema, connectionString, migrate: false });
    const [a, b, c] = [entry(), entry(), entry()];
    await outbox.append([a, b]);
    await outbox.hold(c, 60_000);
    await outbox.release(c.id, c);
    expect(await outbox.claim(9, 60_000)).toHaveLength(3);
    await outbox.complete([a.id]);
    await outbox.bury(b.id, { message: 'no' });
    await outbox.retry(c.id, new Date(), { message: 'down' });
    expect(await outbox.redrive()).toBe(1);
    expect(await outbox.stats()).toMatchObject({ pending: 2, leased: 0, buried: 0 });
  });

  test('may install, with the right to make a schema', async () => {
    const grant = `GRANT CREATE ON DATABASE ${new URL(database.url).pathname.slice(1)} TO $role`;
    const outbox = await open({ schema: 'made', connectionString: await role('made', grant) });
    await outbox.append([entry()]);
    expect(await outbox.claim(9, 60_000)).toHaveLength(1);
  });

  test('that lacks a right is told which', async () => {
    await expect(open({ connectionString: await role('none') })).rejects.toThrow('The role lacks a permission');
    const connectionString = await role('none');
    await expect(open({ connectionString, schema: 'absent', migrate: false })).rejects.toThrow(
      /pg-boss migrate|permission/,
    );
  });
});

test('keeps what is not delivered for years, and takes back settings that were changed', async () => {
  const queue = newQueue();
  const first = await open({ queue });
  await first.close();
  const boss = new PgBoss({ connectionString: database.url, schema: 'workos_audit', supervise: false });
  await boss.start();
  onTestFinished(() => boss.stop());
  await boss.updateQueue(queue, { retentionSeconds: 60, retryLimit: 2 });
  await open({ queue, retentionDays: 100 });
  for (const name of [queue, `${queue}-buried`]) {
    expect(await boss.getQueue(name)).toMatchObject({ retentionSeconds: 8_640_000, retryLimit: 2_147_483_646 });
  }
});

test('a job that is no event is buried, and holds up nothing', async () => {
  const queue = newQueue();
  const outbox = await open({ queue });
  const boss = new PgBoss({ connectionString: database.url, schema: 'workos_audit', supervise: false });
  await boss.start();
  onTestFinished(() => boss.stop());
  await boss.send(queue, { hello: 'world' });
  await outbox.append([entry()]);
  expect(await until(async () => (await outbox.claim(9, 60_000)).length || undefined)).toBe(1);
  expect(await outbox.claim(9, 60_000)).toEqual([]);
  expect(await outbox.redrive({ action: 'thing.make' })).toBe(0);
});
