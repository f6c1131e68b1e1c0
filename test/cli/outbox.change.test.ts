import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SqliteInspector } from '../../src/cli/outbox/sqlite.inspector.js';
import { makeEvent, OutboxProject, RECORDED, REFUSED } from './support/outbox-file.js';

const DAY = 86_400_000;
/** `toMatchObject` takes a bare regular expression for an object without properties, which anything matches. */
const like = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
const three = (): Promise<OutboxProject> =>
  OutboxProject.withBuried(
    { id: 'e1' },
    { id: 'e2', event: { action: 'user.invite' } },
    { id: 'e3', event: { organizationId: 'org_2' } },
  );
const many = (count: number): Promise<OutboxProject> =>
  OutboxProject.withBuried(...Array.from({ length: count }, (_, index) => ({ id: `e${index}` })));

describe('outbox redrive', () => {
  test.concurrent('makes events due as new ones, and says how many', async () => {
    await using outbox = await three();
    expect(await outbox.run('redrive', '--action', 'post.delete', '--organization', 'org_1')).toEqual({
      code: 0,
      stderr: '',
      stdout: '1 buried event made due again. The running application sends it, or the next one to start.\n',
    });
    expect(await outbox.json('show', 'e1')).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await outbox.run('redrive', '--all')).toMatchObject({
      code: 0,
      stdout: like(/^2 buried events made.*sends them,/),
    });
    expect(await outbox.ids()).toEqual([]);
    expect(await outbox.run('redrive', '--all')).toMatchObject({
      code: 0,
      stdout: 'No buried event matches; nothing was changed.\n',
    });
    expect(await outbox.use((one) => one.claim(10, 1_000))).toMatchObject([{ id: 'e1' }, { id: 'e2' }, { id: 'e3' }]);
  });

  test.concurrent('takes ids, several of them, and JSON', async () => {
    await using outbox = await three();
    expect(await outbox.json('redrive', '--id', 'e1', '--id', 'e3', '--id', 'e1')).toEqual({ redriven: 2 });
    expect(await outbox.ids()).toEqual(['e2']);
    expect(await outbox.json('redrive', '--id', 'e2', '--action', 'post.delete')).toEqual({ redriven: 0 });
  });

  test.concurrent('refuses ids of which no buried event is there, and then does nothing', async () => {
    await using outbox = await three();
    await outbox.json('redrive', '--id', 'e1');
    expect(await outbox.run('redrive', '--id', 'e1', '--id', 'e2', '--id', 'e9')).toEqual({
      code: 2,
      stdout: '',
      stderr: `workos-audit: the event e1 is pending, not buried
there is no event 'e9' in var/audit-outbox.db; one that was delivered is no longer in it
Nothing was changed.
`,
    });
    expect(await outbox.ids()).toEqual(['e2', 'e3']);
  });

  test.concurrent('wants to be told which', async () => {
    await using outbox = await three();
    expect(await outbox.run('redrive')).toMatchObject({
      code: 2,
      stderr: like(/which events\? Narrow them down with --id, --action or --organization, or say --all\./),
    });
    expect(await outbox.run('redrive', '--all', '--id', 'e1')).toMatchObject({
      code: 2,
      stderr: like(/--all goes with neit/),
    });
    expect(await outbox.ids()).toEqual(['e1', 'e2', 'e3']);
  });

  test.concurrent('has no limit', async () => {
    await using outbox = await many(2_100);
    expect(await outbox.json('redrive', '--all')).toEqual({ redriven: 2_100 });
    expect(await outbox.json('stats')).toMatchObject({ pending: 2_100, buried: 0 });
  });
});

describe('outbox purge', () => {
  test.concurrent('deletes buried events, each printed whole before', async () => {
    await using outbox = await three();
    await outbox.use((one) => one.append([{ id: 'waits', recordedAt: RECORDED, event: makeEvent() }]));
    const { code, stdout, stderr } = await outbox.run('purge', '--buried', '--yes', '--action', 'post.delete');
    expect([code, stderr]).toEqual([0, '2 buried events deleted from var/audit-outbox.db.\n']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ id: 'e1', state: 'buried', error: REFUSED, event: makeEvent() }),
      expect.objectContaining({ id: 'e3', event: makeEvent({ organizationId: 'org_2' }) }),
    ]);
    expect(await outbox.ids()).toEqual(['e2']);
    expect(await outbox.json('stats')).toMatchObject({ pending: 1, buried: 1 });
  });

  test.concurrent('without --yes deletes nothing and says how many it would', async () => {
    await using outbox = await three();
    expect(await outbox.run('purge', '--buried', '--organization', 'org_1')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'workos-audit: outbox purge would delete 2 buried events from var/audit-outbox.db, which WorkOS then never gets. ' +
        'Nothing was deleted. To delete and print each, say --yes.\n',
    });
    const { stdout } = await outbox.run('purge', '--buried', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      error: expect.stringContaining('would delete 3 buried events') as string,
    });
    expect(await outbox.run('purge', '--yes')).toMatchObject({ code: 2, stderr: like(/say so with --buried/) });
    expect(await outbox.ids()).toHaveLength(3);
  });

  test.concurrent('says less with --quiet', async () => {
    await using outbox = await three();
    expect(await outbox.run('purge', '--buried', '--yes', '--quiet', '--id', 'e1')).toEqual({
      code: 0,
      stderr: '',
      stdout: '1 buried event deleted from var/audit-outbox.db.\n',
    });
    expect(await outbox.json('purge', '--buried', '--yes', '--quiet')).toEqual({ purged: 2 });
  });

  test.concurrent('takes an age', async () => {
    await using outbox = await three();
    outbox.edit(`UPDATE audit_outbox SET buried_ms = ${Date.now() - 31 * DAY} WHERE id = 'e2'`);
    expect(await outbox.run('purge', '--buried', '--older-than', '30d')).toMatchObject({
      stderr: like(/delete 1 buried ev/),
    });
    expect(await outbox.json('purge', '--buried', '--yes', '--quiet', '--older-than', '30d')).toEqual({ purged: 1 });
    expect(await outbox.ids()).toEqual(['e1', 'e3']);
    expect(await outbox.json('purge', '--buried', '--yes', '--quiet', '--older-than', '1h')).toEqual({ purged: 0 });
    for (const age of ['30', 'd', '-1d', '1y']) {
      const { code, stderr } = await outbox.run('purge', '--buried', '--yes', `--older-than=${age}`);
      expect([code, stderr]).toEqual([
        2,
        `workos-audit: --older-than must be a time such as 90s, 15m, 12h, 30d or 2w, not '${age}'.\n`,
      ]);
    }
  });

  test.concurrent('has no limit, and prints each event once', async () => {
    await using outbox = await many(1_700);
    const { stdout } = await outbox.run('purge', '--buried', '--yes');
    const ids = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual(Array.from({ length: 1_700 }, (_, index) => `e${index}`));
    expect(await outbox.json('stats')).toMatchObject({ buried: 0 });
  });

  test.concurrent('deletes nothing that it could not print', async () => {
    await using outbox = await three();
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await outbox.project.run(['outbox', 'purge', '--buried', '--yes'], undefined, {
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect([code, stderr]).toEqual([2, like(/what it printed was not written: ENOSPC/)]);
    const closed = await outbox.project.run(['outbox', 'purge', '--buried', '--yes'], undefined, {
      stdio: ['ignore', closedPipe(), 'pipe'],
    });
    expect([closed.code, closed.stderr]).toEqual([2, like(/what it printed was not written: /)]);
    expect(await outbox.ids()).toEqual(['e1', 'e2', 'e3']);
  });

  test.concurrent('stops with its reader, and says how far it came', async () => {
    await using outbox = await many(1_700);
    const { code, stderr } = await outbox.project.run(['outbox', 'purge', '--buried', '--yes'], (child) => {
      child.stdout?.destroy();
    });
    expect([code, stderr]).toEqual([2, like(/was not written: .*EPIPE/)]);
    const left = await outbox.ids();
    expect(left.length).toBeGreaterThanOrEqual(1_200);
    if (left.length < 1_700)
      expect(stderr).toMatch(/500 events had been deleted by then\. It is safe to run it again\./);
  });

  test.concurrent('deletes only what is as it was printed', async () => {
    await using outbox = await three();
    const inspector = new SqliteInspector(outbox.file, 'write');
    const seen: string[] = [];
    const pages = inspector.purge({ ids: [], until: Date.now() }, async (items) => {
      seen.push(...items.map(({ id }) => id));
      // Meanwhile, another redrives one, and the application buries one again.
      outbox.edit(`UPDATE audit_outbox SET state = 'pending', buried_ms = NULL WHERE id = 'e1';
        UPDATE audit_outbox SET buried_ms = buried_ms + 1 WHERE id = 'e2'`);
    });
    expect(await Array.fromAsync(pages)).toEqual([1]);
    await inspector.close();
    expect(seen).toEqual(['e1', 'e2', 'e3']);
    expect(await outbox.ids()).toEqual(['e2']);
    expect(await outbox.json('stats')).toMatchObject({ pending: 1, buried: 1 });
  });
});

/** The end of a pipe that nobody reads. */
function closedPipe(): number {
  const fifo = `/tmp/outbox-purge-${process.pid}.fifo`;
  spawnSync('mkfifo', [fifo]);
  const both = openSync(fifo, 'r+');
  const end = openSync(fifo, 'w');
  closeSync(both);
  spawnSync('rm', [fifo]);
  return end;
}
