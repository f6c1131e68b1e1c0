import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { makeEvent, OutboxProject, RECORDED, REFUSED } from './support/outbox-file.js';

const WHEN = '2026-11-23T12:30:00.005Z';
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

/** One event in each state. */
async function oneOfEach(): Promise<OutboxProject> {
  return OutboxProject.create(async (outbox) => {
    const entry = (id: string, recordedAt: number, action = 'post.delete'): Parameters<typeof outbox.hold>[0] => ({
      id,
      recordedAt,
      event: makeEvent({ action }),
    });
    await outbox.append([entry('buried-1', RECORDED)]);
    await outbox.claim(1, 60_000);
    await outbox.bury('buried-1', REFUSED);
    await outbox.append([entry('leased-1', RECORDED + 1), entry('leased-2', RECORDED + 2)]);
    await outbox.claim(2, 60_000);
    await outbox.hold(entry('held-1', RECORDED + 3, 'user.invite'), 60_000);
    await outbox.append([entry('pending-1', RECORDED + 4)]);
    await outbox.claim(1, 60_000);
    await outbox.retry('pending-1', new Date(RECORDED + 5), {
      message: 'fetch failed: connect ECONNREFUSED',
      code: 'ECONNREFUSED',
    });
    await outbox.append([entry('late-1', RECORDED + 6)]);
    await outbox.claim(2, 1); // and so pending again
    await outbox.retry('pending-1', new Date(RECORDED + 5), { message: 'fetch failed', code: 'ECONNREFUSED' });
    await sleep(5);
  });
}

describe('outbox stats', () => {
  test.concurrent('says how many events are where, how old and how large', async () => {
    await using outbox = await oneOfEach();
    const { code, stdout, stderr } = await outbox.run('stats');
    expect([code, stderr]).toEqual([0, '']);
    expect(
      stdout
        .replace(/^oldest +\d+ \w+ +/m, 'oldest … ')
        .replace(/^size +\d+\.\d KiB +/m, 'size … ')
        .replaceAll(/ +/g, ' '),
    ).toBe(`pending 2 wait to be sent
leased 2 are being sent
held 1 of handlers that still run
buried 1 were given up; see \`workos-audit outbox list\`
oldest … since the oldest that is not buried was recorded
size … var/audit-outbox.db
`);
  });

  test.concurrent('gives the same as JSON', async () => {
    await using outbox = await oneOfEach();
    const stats = await outbox.json('stats', '--sqlite', outbox.file);
    expect(stats).toEqual({
      outbox: outbox.file,
      pending: 2,
      leased: 2,
      held: 1,
      buried: 1,
      oldestAgeMs: expect.any(Number) as number,
      bytes: expect.any(Number) as number,
    });
    await using empty = await OutboxProject.create();
    expect(await empty.json('stats')).toMatchObject({ pending: 0, oldestAgeMs: null });
    expect((await empty.run('stats')).stdout).toMatch(/^oldest +none/m);
  });
});

describe('outbox list', () => {
  test.concurrent('has the buried events in columns, with the reason in one line', async () => {
    await using outbox = await OutboxProject.withBuried(
      { id: 'e1' },
      {
        id: 'e2',
        event: { action: 'beitrag.löschen', organizationId: 'org_株式会社' },
        error: { message: `Ungültig: ${'ä'.repeat(300)}`, status: 422, code: 'unprocessable', requestId: 'req_2' },
      },
      { id: 'e3', event: { organizationId: 'org_🚀' }, error: { message: 'could not be delivered' } },
    );
    expect(await outbox.run('list')).toEqual({
      code: 0,
      stderr: '',
      stdout: `ID  RECORDED                  ACTION           ORGANIZATION  STATE   ATTEMPTS  REASON
e1  ${WHEN}  post.delete      org_1         buried  1         400 invalid_audit_log req_01HXYZ: Invalid Audit Log event Schema mismatch
e2  ${WHEN}  beitrag.löschen  org_株式会社  buried  1         422 unprocessable req_2: Ungültig: ${'ä'.repeat(109)}…
e3  ${WHEN}  post.delete      org_🚀        buried  1         could not be delivered
3 buried events.
`,
    });
  });

  test.concurrent('gives one array as JSON, with reasons whole', async () => {
    const error = { message: `Schema\n${'mismatch 🚀 '.repeat(90)}`, status: 400 };
    await using outbox = await OutboxProject.withBuried({ id: 'e1' }, { id: 'e2', error });
    const common = { recordedAt: WHEN, action: 'post.delete', organizationId: 'org_1', state: 'buried', attempts: 1 };
    expect(await outbox.json('list')).toEqual([
      { id: 'e1', ...common, buriedAt: moment, error: REFUSED },
      { id: 'e2', ...common, buriedAt: moment, error },
    ]);
    await using empty = await OutboxProject.create();
    expect(await empty.json('list')).toEqual([]);
    expect((await empty.run('list')).stdout).toBe('0 buried events.\n');
  });

  test.concurrent('takes a state, and counts what its lease left as pending, as stats does', async () => {
    await using outbox = await oneOfEach();
    const ids = async (state: string): Promise<unknown> =>
      ((await outbox.json('list', '--state', state)) as { id: string }[]).map(({ id }) => id);
    expect(await ids('pending')).toEqual(['pending-1', 'late-1']);
    expect(await ids('leased')).toEqual(['leased-1', 'leased-2']);
    expect(await ids('held')).toEqual(['held-1']);
    expect(await ids('buried')).toEqual(['buried-1']);
    expect(await ids('all')).toEqual(['buried-1', 'leased-1', 'leased-2', 'held-1', 'pending-1', 'late-1']);
    const { stdout } = await outbox.run('list', '--state', 'all');
    expect(stdout).toMatch(/^pending-1 .* pending +2 +ECONNREFUSED: fetch failed$/m);
    expect(stdout).toMatch(/^late-1 .* pending +1$/m);
    expect(stdout).toMatch(/\n6 events\.\n$/);
    expect(await outbox.json('list', '--state', 'all', '--limit', '2')).toMatchObject([
      { id: 'buried-1', buriedAt: moment },
      { id: 'leased-1', state: 'leased', dueAt: moment },
    ]);
  });

  test.concurrent('narrows down by action and organization, and says what the limit left out', async () => {
    await using outbox = await OutboxProject.withBuried(
      { id: 'e1', recordedAt: RECORDED + 9 },
      { id: 'e2', event: { action: 'user.invite' } },
      { id: 'e3', event: { organizationId: "o'2" }, recordedAt: RECORDED + 3 },
    );
    const ids = async (...args: string[]): Promise<unknown> =>
      ((await outbox.json('list', ...args)) as { id: string }[]).map(({ id }) => id);
    expect(await ids('--action', 'post.delete')).toEqual(['e3', 'e1']);
    expect(await ids('--organization', "o'2")).toEqual(['e3']);
    expect(await ids('--action', 'user.invite', '--organization', "o'2")).toEqual([]);
    expect(await ids('--limit', '2')).toEqual(['e2', 'e3']);
    const { stdout } = await outbox.run('list', '--limit', '1');
    expect(stdout).toMatch(/\n3 buried events; these are the oldest 1, see --limit\.\n$/);
  });

  test.concurrent('lets no event give orders to the terminal', async () => {
    const evil = 'a\u001B[2J\u0007\u009B1m\u202Eb';
    await using outbox = await OutboxProject.withBuried({
      id: 'e1',
      event: { action: evil, metadata: { text: evil } },
      error: { message: evil, code: evil, requestId: evil },
    });
    for (const args of [
      ['list'],
      ['list', '--json'],
      ['show', 'e1'],
      ['show', 'e1', '--json'],
      ['purge', '--buried', '--yes'],
    ]) {
      const { code, stdout } = await outbox.run(...args);
      expect(code).toBe(0);
      expect(stdout).toContain(String.raw`a\u001b[2J\u0007\u009b1m\u202eb`);
      expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
      if (args[2] === '--json') expect(JSON.parse(stdout)).toMatchObject({ event: { metadata: { text: evil } } });
    }
  });
});

describe('outbox show', () => {
  const event = makeEvent({
    version: 2,
    actor: { id: 'user_ada', type: 'user', name: 'Ada 🚀 Lovelace', metadata: { role: 'admin' } },
    targets: [
      { id: 'p1', type: 'post', name: 'Grüße' },
      { id: 't1', type: 'team', metadata: { size: 3 } },
    ],
    metadata: {},
  });

  test.concurrent('has all of the event and of the error', async () => {
    await using outbox = await OutboxProject.withBuried({ id: 'e1', event });
    const { code, stdout, stderr } = await outbox.run('show', 'e1');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replace(/^(buriedAt +).*$/m, '$1…')).toBe(`id              e1
recordedAt      ${WHEN}
action          post.delete
organizationId  org_1
state           buried
attempts        1
buriedAt        …
error
  message    Invalid Audit Log event Schema mismatch
  status     400
  code       invalid_audit_log
  requestId  req_01HXYZ
event
  organizationId  org_1
  action          post.delete
  occurredAt      ${WHEN}
  actor
    id        user_ada
    type      user
    name      Ada 🚀 Lovelace
    metadata
      role  admin
  targets
    -
      id    p1
      type  post
      name  Grüße
    -
      id        t1
      type      team
      metadata
        size  3
  context
    location  192.0.2.1
  metadata        none
  version         2
`);
  });

  test.concurrent('gives the same as JSON, whatever the state', async () => {
    await using outbox = await OutboxProject.withBuried({ id: 'e1', event });
    expect(await outbox.json('show', 'e1')).toEqual({
      id: 'e1',
      recordedAt: WHEN,
      action: 'post.delete',
      organizationId: 'org_1',
      state: 'buried',
      attempts: 1,
      buriedAt: moment,
      error: REFUSED,
      event,
    });
    await outbox.use((one) => one.append([{ id: 'e2', recordedAt: RECORDED, event }]));
    const pending = await outbox.json('show', 'e2');
    expect(pending).toMatchObject({ state: 'pending', attempts: 0, dueAt: moment, event });
    expect(pending).not.toHaveProperty('error');
  });

  test.concurrent('shows what was edited by hand', async () => {
    await using outbox = await OutboxProject.withBuried({ id: 'e1' }, { id: 'e2' });
    outbox.edit(`UPDATE audit_outbox SET last_error = 'by hand', event = 'null', recorded_ms = 9e15 WHERE id = 'e1';
      UPDATE audit_outbox SET last_error = '[1]' WHERE id = 'e2'`);
    expect(await outbox.json('show', 'e1')).toMatchObject({
      recordedAt: '9000000000000000',
      error: { message: 'by hand' },
      event: null,
    });
    expect((await outbox.run('list')).stdout).toMatch(/by hand$/m);
    expect((await outbox.run('show', 'e2')).stdout).toMatch(/^ {2}message +\[1\]$/m);
    const { stdout } = await outbox.run('purge', '--buried', '--yes');
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('what the commands leave behind', () => {
  test.concurrent('is nothing: reading changes no byte of the file and makes no other', async () => {
    await using outbox = await OutboxProject.withBuried({ id: 'e1' });
    for (const args of [['stats'], ['list'], ['show', 'e1'], ['purge', '--buried'], ['redrive', '--id', 'none']]) {
      const before = outbox.project.read('var/audit-outbox.db');
      await outbox.run(...args);
      expect(outbox.project.read('var/audit-outbox.db')).toBe(before);
      expect(readdirSync(`${outbox.project.folder}/var`)).toEqual(['audit-outbox.db']);
    }
  });

  test.concurrent('is nothing either after one that writes', async () => {
    await using outbox = await OutboxProject.withBuried({ id: 'e1' });
    await outbox.run('redrive', '--all');
    expect(existsSync(`${outbox.file}-wal`)).toBe(false);
  });
});
