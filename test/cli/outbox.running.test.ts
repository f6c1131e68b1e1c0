import { join } from 'node:path';
import { Controller, Post } from '@nestjs/common';
import { Audited } from 'nestjs-workos-audit';
import { expect, test } from 'vitest';
import { sqliteOutbox } from '../../src/sqlite.js';
import { startLocalWorkOS, TestApp } from '../support/test-app.js';
import { OutboxProject } from './support/outbox-file.js';

@Controller()
class ThingsController {
  @Post('thing')
  @Audited('thing.make', { targets: { thing: { id: 't1', name: 'Ding 🚀' } } })
  make(): string {
    return 'made';
  }
}

/** An application that runs on the outbox of a project. */
async function start(project: OutboxProject): Promise<TestApp> {
  const workos = await startLocalWorkOS();
  const outbox = sqliteOutbox({ path: join(project.project.folder, 'var/audit-outbox.db') });
  return TestApp.start({ controllers: [ThingsController], workos, audit: { outbox } });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => void setTimeout(resolve, 10));
}

const buried = async (app: TestApp): Promise<number> => (await app.audit.stats()).buried;

test('what WorkOS refused is seen and sent again while the application runs', async () => {
  await using project = await OutboxProject.create();
  const app = await start(project);
  app.workos.fail({ status: 422, body: { message: 'Schema mismatch', code: 'invalid_audit_log' } });
  for (let i = 0; i < 3; i += 1) expect((await app.request('/thing')).status).toBe(201);
  await until(async () => (await buried(app)) === 3);

  expect(await project.json('stats')).toMatchObject({ pending: 0, leased: 0, buried: 3 });
  const items = (await project.json('list')) as { id: string }[];
  const error = { status: 422, code: 'invalid_audit_log', message: 'Schema mismatch' };
  expect(items).toMatchObject([{ action: 'thing.make', attempts: 1, error }, {}, {}]);
  const [first = { id: '' }, second = { id: '' }] = items;
  expect((await project.run('show', first.id)).stdout).toContain('Ding 🚀');

  // Still refused: they are buried again, and counted as redriven once.
  expect(await project.json('redrive', '--all')).toEqual({ redriven: 3 });
  await until(async () => app.workos.requests.length === 6 && (await buried(app)) === 3);

  app.workos.heal();
  const { stdout } = await project.run('redrive', '--id', first.id);
  expect(stdout).toBe('1 buried event made due again. The running application sends it, or the next one to start.\n');
  const [event] = await app.workos.waitForEvents(1);
  expect(event?.targets).toContainEqual(expect.objectContaining({ id: 't1', name: 'Ding 🚀' }));

  const purged = await project.run('purge', '--buried', '--yes', '--id', second.id);
  expect(purged).toMatchObject({ code: 0, stderr: '1 buried event deleted from var/audit-outbox.db.\n' });
  expect(await project.json('redrive', '--action', 'thing.make')).toEqual({ redriven: 1 });
  await app.events(2);
  await until(async () => (await buried(app)) === 0);
  expect(await project.json('stats')).toMatchObject({ pending: 0, leased: 0, buried: 0 });
});

test('commands disturb no request, and requests no command', async () => {
  await using project = await OutboxProject.withBuried(
    ...Array.from({ length: 1_200 }, (_, i) => ({ id: `e${i}`, event: { organizationId: 'org_local' } })),
  );
  const app = await start(project);
  const stop = new AbortController();
  let sent = 0;
  const client = async (): Promise<void> => {
    for (; !stop.signal.aborted; sent += 1) expect((await app.request('/thing')).status).toBe(201);
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  expect(await project.json('redrive', '--all')).toEqual({ redriven: 1_200 });
  for (let i = 0; i < 3; i += 1) {
    expect((await project.run('stats')).code).toBe(0);
    expect((await project.run('list', '--state', 'all')).code).toBe(0);
  }
  stop.abort();
  await clients;
  await app.events(sent + 1_200);
  expect(await app.audit.stats()).toMatchObject({ recorded: sent, delivered: sent + 1_200, dropped: 0, buried: 0 });
});
