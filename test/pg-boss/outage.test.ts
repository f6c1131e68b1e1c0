import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Param, Post } from '@nestjs/common';
import { Audited } from 'nestjs-workos-audit';
import { pgBossOutbox, type PgBossOutboxOptions } from 'nestjs-workos-audit/pg-boss';
import { describe, expect, test } from 'vitest';
import { OwnPostgres, Proxy } from '../support/own-postgres.js';
import { postgresDatabase, urlOf } from '../support/postgres.js';
import { startLocalWorkOS, TestApp, type TestAppOptions } from '../support/test-app.js';

const targets = { thing: ({ params }: { params: Readonly<Record<string, string>> }) => params['id']! };

@Controller()
class ThingsController {
  readonly done: string[] = [];

  @Post('things/:id')
  @Audited('thing.make', { targets })
  make(@Param('id') id: string): void {
    this.done.push(id);
  }

  @Post('ahead/:id')
  @Audited('thing.make', { targets, guarantee: 'write-ahead' })
  ahead(@Param('id') id: string): void {
    this.done.push(id);
  }
}

async function start(options: PgBossOutboxOptions, audit: TestAppOptions['audit'] = {}): Promise<TestApp> {
  const workos = await startLocalWorkOS();
  const outbox = pgBossOutbox(options);
  return TestApp.start({ workos, controllers: [ThingsController], audit: { outbox, ...audit } });
}

const thingsOf = (app: TestApp): string[] =>
  app.workos.events.map(({ targets: all }) => all.find(({ type }) => type === 'thing')!.id).toSorted();

describe('a Postgres that is not there at boot', { timeout: 120_000 }, () => {
  test('fails the boot, and is named without its password', async () => {
    const started = start({ connectionString: 'postgres://audit:s3cret@127.0.0.1:1/app' });
    await expect(started).rejects.toThrow(
      'the outbox (Postgres 127.0.0.1:1/app, queue workos_audit.audit-events) does not open',
    );
    await expect(started).rejects.not.toThrow('s3cret');
  });

  test('is waited for, where that is said', async () => {
    const postgres = await OwnPostgres.create();
    const started = start({ connectionString: postgres.url, bootTimeoutMs: 60_000 });
    await sleep(1_000);
    await postgres.start();
    const app = await started;
    expect((await app.request('/things/a')).status).toBe(201);
    await app.events(1);
  });
});

test('a restart of Postgres under load loses nothing and doubles nothing', { timeout: 180_000 }, async () => {
  const postgres = await OwnPostgres.create();
  await postgres.start();
  // Longer than the restart takes, so that requests wait for it.
  const app = await start({ connectionString: postgres.url, timeoutMs: 30_000 }, { appendTimeoutMs: 40_000 });
  const made: string[] = [];
  let number = 0;
  const load = { over: false };
  const worker = async (): Promise<void> => {
    while (!load.over) {
      const id = `t${(number += 1)}`;
      expect((await app.request(`/things/${id}`)).status).toBe(201);
      made.push(id);
    }
  };
  const workers = Array.from({ length: 8 }, worker);
  for (let restart = 0; restart < 2; restart += 1) {
    await sleep(1_000);
    await postgres.stop();
    await sleep(300);
    await postgres.start();
  }
  await sleep(1_000);
  load.over = true;
  await Promise.all(workers);
  await app.workos.waitForEvents(made.length, { timeoutMs: 60_000 });
  expect(thingsOf(app)).toEqual(made.toSorted());
  expect(await app.audit.stats()).toMatchObject({ recorded: made.length, dropped: 0, buried: 0 });
});

test(
  'while Postgres is down, the guarantee decides, and nothing is lost in silence',
  { timeout: 120_000 },
  async () => {
    const postgres = await OwnPostgres.create();
    await postgres.start();
    const app = await start({ connectionString: postgres.url, timeoutMs: 500 });
    await postgres.stop();
    expect((await app.request('/things/lost')).status).toBe(201);
    expect((await app.request('/ahead/refused')).status).toBe(503);
    expect(app.nest.get(ThingsController).done).toEqual(['lost']);
    const [dropped = ''] = app.logs.find('error', 'Audit event dropped, the outbox (Postgres 127.0.0.1');
    expect(dropped).toContain('"id":"lost"');
    expect(dropped).toContain('ECONNREFUSED');
    await expect(app.audit.stats()).rejects.toThrow('cannot be counted');

    await postgres.start();
    for (let tries = 0; (await app.request('/ahead/kept')).status !== 201; tries += 1) {
      expect(tries).toBeLessThan(100);
      await sleep(100);
    }
    await app.workos.waitForEvents(1, { timeoutMs: 30_000 });
    expect(thingsOf(app)).toEqual(['kept']);
    expect(await app.audit.stats()).toMatchObject({ dropped: 1, held: 0 });
  },
);

test('a Postgres that hangs costs a request its time-out, and no more', { timeout: 120_000 }, async () => {
  const database = await postgresDatabase();
  const proxy = await Proxy.to(database.port);
  const connectionString = urlOf(proxy.port, new URL(database.url).pathname.slice(1));
  const app = await start({ connectionString, timeoutMs: 700 });
  expect((await app.request('/things/a')).status).toBe(201);
  await app.events(1);

  proxy.hang(true);
  const [late, ahead] = await Promise.all([app.request('/things/b'), app.request('/ahead/c')]);
  expect([late.status, ahead.status]).toEqual([201, 503]);
  expect(app.logs.find('error', 'Audit event dropped')[0]).toContain('gave no answer within');
  expect(app.nest.get(ThingsController).done).toEqual(['a', 'b']);

  proxy.hang(false);
  for (let tries = 0; (await app.request(`/ahead/d`)).status !== 201; tries += 1) {
    expect(tries).toBeLessThan(200);
    await sleep(100);
  }
  await app.workos.waitFor((event) => event.targets.some(({ id }) => id === 'd'), { timeoutMs: 30_000 });
  // What hung in the connection was stored after all, or not; it is never there twice.
  const things = thingsOf(app);
  expect(new Set(things).size).toBe(things.length);
});
