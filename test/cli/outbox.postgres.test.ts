import { randomUUID } from 'node:crypto';
import type { AuditOutbox } from 'nestjs-workos-audit';
import { pgBossOutbox } from 'nestjs-workos-audit/pg-boss';
import { beforeAll, describe, expect, test } from 'vitest';
import { postgresDatabase, type TestDatabase } from '../support/postgres.js';
import { CliProject, type CliResult } from './support/cli-project.js';
import { makeEvent, REFUSED } from './support/outbox-file.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await postgresDatabase();
}, 60_000);

/** A project, and an outbox in Postgres that the application has open. */
async function open(queue: string): Promise<{ outbox: AuditOutbox; project: CliProject } & AsyncDisposable> {
  const project = await CliProject.create();
  delete project.env['WORKOS_API_KEY'];
  const outbox = pgBossOutbox({ connectionString: database.url, queue, timeoutMs: 60_000 });
  await outbox.open();
  const dispose = async (): Promise<void> => {
    await outbox.close();
    await project[Symbol.asyncDispose]();
  };
  return { outbox, project, [Symbol.asyncDispose]: dispose };
}

async function run(project: CliProject, queue: string, ...args: string[]): Promise<CliResult> {
  const result = await project.run(['outbox', ...args, '--postgres', database.url, '--queue', queue]);
  expect(result.stdout + result.stderr).not.toContain('password@');
  return result;
}

async function json(project: CliProject, queue: string, ...args: string[]): Promise<unknown> {
  const { stdout, stderr, code } = await run(project, queue, ...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as unknown;
}

async function append(
  outbox: AuditOutbox,
  count: number,
  event: Parameters<typeof makeEvent>[0] = {},
): Promise<string[]> {
  const entries = Array.from({ length: count }, () => ({
    id: randomUUID(),
    recordedAt: Date.now(),
    event: makeEvent(event),
  }));
  await outbox.append(entries);
  return entries.map(({ id }) => id);
}

describe('on an outbox in Postgres', () => {
  test('tells, lists, shows, redrives and purges while the application runs', { timeout: 120_000 }, async () => {
    await using opened = await open('all');
    const { outbox, project } = opened;
    const [a, b, c] = await append(outbox, 3);
    const [other] = await append(outbox, 1, { action: 'user.login', organizationId: 'org_2' });
    await outbox.claim(4, 60_000);
    for (const id of [a, b, other]) await outbox.bury(id!, REFUSED);
    await outbox.retry(c!, new Date(Date.now() + 60_000), { message: 'down', status: 503 });
    await outbox.hold({ id: randomUUID(), recordedAt: Date.now(), event: makeEvent() }, 60_000);
    await append(outbox, 2);
    await outbox.claim(1, 60_000);

    const counts = { pending: 2, leased: 1, held: 1, buried: 3 };
    expect(await json(project, 'all', 'stats')).toMatchObject(counts);
    expect((await run(project, 'all', 'stats')).stdout).toContain('queue workos_audit.all');
    const buried = await json(project, 'all', 'list');
    const facts = { action: 'post.delete', organizationId: 'org_1', state: 'buried', attempts: 1, error: REFUSED };
    expect(buried).toMatchObject([{ id: a, ...facts }, { id: b, ...facts }, { id: other }]);
    expect(await json(project, 'all', 'list', '--organization', 'org_2')).toMatchObject([{ id: other }]);
    for (const [state, count] of Object.entries({ pending: 2, leased: 1, held: 1, all: 7 })) {
      const listed = (await json(project, 'all', 'list', '--state', state)) as unknown[];
      expect([state, listed.length]).toEqual([state, count]);
    }
    const waiting = await json(project, 'all', 'list', '--state', 'pending');
    expect(waiting).toContainEqual(
      expect.objectContaining({ id: c, attempts: 1, error: { message: 'down', status: 503 } }),
    );
    expect((await run(project, 'all', 'list', '--limit', '1')).stdout).toContain(
      '3 buried events; these are the oldest 1',
    );
    expect((await run(project, 'all', 'show', a!)).stdout).toContain('Ada Lovelace');
    expect((await run(project, 'all', 'show', c!)).stdout).toContain('pending');
    expect(await run(project, 'all', 'show', randomUUID())).toMatchObject({ code: 2, stdout: '' });
    expect(await run(project, 'all', 'show', 'nonsense')).toMatchObject({ code: 2, stdout: '' });

    expect(await json(project, 'all', 'redrive', '--id', a!)).toEqual({ redriven: 1 });
    expect((await run(project, 'all', 'redrive', '--id', a!)).stderr).toContain(
      `the event ${a} is pending, not buried`,
    );
    const due = await outbox.claim(9, 60_000);
    expect(due.map(({ id }) => id)).toContain(a);
    const purge = ['purge', '--buried', '--action', 'user.login'];
    expect((await run(project, 'all', ...purge)).stderr).toContain(
      'would delete 1 buried event from Postgres 127.0.0.1',
    );
    const { stdout } = await run(project, 'all', ...purge, '--yes');
    expect(JSON.parse(stdout)).toMatchObject({ id: other, event: { action: 'user.login' } });
    expect(await json(project, 'all', 'list')).toMatchObject([{ id: b }]);
    expect(await json(project, 'all', 'purge', '--buried', '--yes', '--quiet')).toEqual({ purged: 1 });
    expect(await json(project, 'all', 'stats')).toMatchObject({ buried: 0 });
  });

  test('redrives more than a page', { timeout: 120_000 }, async () => {
    await using opened = await open('pages');
    const { outbox, project } = opened;
    const ids = await append(outbox, 1_200);
    const claimed = await outbox.claim(1_200, 600_000);
    await Promise.all(claimed.map(({ id }) => outbox.bury(id, REFUSED)));
    expect(await json(project, 'pages', 'redrive', '--all')).toEqual({ redriven: 1_200 });
    const due = await outbox.claim(2_000, 600_000);
    expect(due.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(due.every(({ attempts }) => attempts === 0)).toBe(true);
  });
});

describe('says what is wrong, and never the password', () => {
  const cases: Record<string, [(url: string) => string[], string]> = {
    'a server that is not there': [
      (url) => ['--postgres', url.replace(/:\d+\//, ':1/')],
      'cannot be opened: connect ECONNREFUSED 127.0.0.1:1',
    ],
    'a wrong password': [
      (url) => ['--postgres', url.replace('password', 'wr%20ong')],
      'password authentication failed',
    ],
    'a database that is not there': [(url) => ['--postgres', `${url}_no`], 'Create the database'],
    'no outbox in it': [
      (url) => ['--postgres', url, '--schema', 'nowhere'],
      'No application has opened it as its outbox yet',
    ],
    'no such queue': [(url) => ['--postgres', url, '--queue', 'nowhere'], `there is no queue 'nowhere'`],
    'no URL': [(url) => ['--postgres', url.replace('postgres:', 'mysql:')], '--postgres must be a URL such as'],
    'two outboxes': [(url) => ['--postgres', url, '--sqlite', 'x.db'], 'name two outboxes'],
    'a schema of SQLite': [() => ['--schema', 'x'], '--schema and --queue go with --postgres'],
    'an argument too many': [(url) => [url.replace('password', 'wr%20ong')], 'Unexpected argument'],
  };
  test('in every case', { timeout: 120_000 }, async () => {
    await using opened = await open('wrong');
    for (const [name, [args, words]] of Object.entries(cases)) {
      const { code, stdout, stderr } = await opened.project.run(['outbox', 'stats', ...args(database.url)]);
      expect([name, code, stdout]).toEqual([name, 2, '']);
      expect(`${name}: ${stderr}`).toContain(words);
      expect(`${name}: ${stderr}`).not.toMatch(/password@|wr%20ong|wr ong/);
    }
  });
});
