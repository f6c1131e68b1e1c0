import { readFileSync } from 'node:fs';
import type { INestApplication } from '@nestjs/common';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deletePost, request, startApp } from './app.js';
import { DeletionsReport } from './deletions.report.js';
import { RetentionService } from './retention.service.js';

let workos: LocalWorkOS;
let app: INestApplication;
beforeEach(async () => {
  workos = await LocalWorkOS.start({ schemas: 'open', seed: { organizations: [{ id: 'org_1', name: 'Acme' }] } });
  workos.setExports({ delayMs: 0 });
  app = await startApp(workos);
});
afterEach(async () => {
  await app.close();
  await workos.close();
});

test('an admin is led to the portal and sees the stream, and the trail tells of it', async () => {
  for (const path of ['/settings/log-stream', '/settings/trail']) {
    const led = await request(app, 'POST', path);
    const location = led.headers.get('location');
    expect([led.status, location]).toEqual([302, expect.stringContaining(`${workos.url}/portal/launch`)]);
    const portal = await (await fetch(location ?? '')).text();
    expect(portal).toContain('href="https://app.example.com/settings"');
    expect(portal).toContain(path === '/settings/trail' ? 'Events, newest first' : 'Connect a generic HTTPS stream');
    if (path === '/settings/log-stream') await workos.waitForEvents(1);
  }
  expect((await workos.waitForEvents(2)).map(({ action, targets }) => [action, targets[0]])).toEqual([
    ['log_stream.setup_opened', expect.objectContaining({ type: 'user', id: 'prof_1' })],
    ['audit_log.viewed', expect.objectContaining({ type: 'user', id: 'prof_1' })],
  ]);
  expect(workos.events[0]?.targets).toContainEqual(expect.objectContaining({ type: 'organization', id: 'org_1' }));

  expect(await (await request(app, 'GET', '/settings/log-stream')).json()).toMatchObject({ logStream: null });
  workos.connectLogStream('org_1', { url: 'http://127.0.0.1:9/' });
  expect(await (await request(app, 'GET', '/settings/log-stream')).json()).toMatchObject({
    state: 'active',
    logStream: { type: 'GenericHttps', state: 'active', lastSyncedAt: null },
    problem: null,
  });
  await deletePost(app, 'p1');
  await expect
    .poll(async () => (await request(app, 'GET', '/settings/log-stream')).json())
    .toMatchObject({ logStream: { state: 'error' }, problem: expect.stringContaining('do not reach it') as string });
});

test('the health check of the SIEM is down without a stream, and up with one', async () => {
  expect((await request(app, 'GET', '/health/siem')).status).toBe(503);
  await app.close();
  workos.connectLogStream('org_1', { url: 'http://127.0.0.1:9/' });
  app = await startApp(workos);
  expect((await request(app, 'GET', '/health/siem')).status).toBe(200);
});

test('a shorter retention has to be confirmed', async () => {
  const retention = app.get(RetentionService);
  expect(await retention.change('org_1', 365, true)).toBe(365);
  await expect(retention.change('org_1', 30, false)).rejects.toThrow('Events of more than 30 days ago');
  expect(await retention.change('org_1', 30, true)).toBe(30);
  expect(await retention.change('org_1', 365, false)).toBe(365);
});

test('the trail is downloaded, and counted', async () => {
  await deletePost(app, 'p1');
  await deletePost(app, 'p2');
  await workos.waitForEvents(2);

  const csv = await request(app, 'POST', '/settings/export');
  expect([csv.status, csv.headers.get('content-disposition')]).toEqual([200, 'attachment; filename="deletions.csv"']);
  expect((await csv.text()).match(/post\.delete/g)).toHaveLength(2);
  const report = app.get(DeletionsReport);
  const counted = await report.count('org_1', new Date(Date.now() - 60_000), new Date());
  expect([...counted]).toEqual([['Ada Lovelace', 2]]);
});

test('the tables explain every code, every option and every state', () => {
  const root = new URL('../../../', import.meta.url);
  const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
  const rows = [...read('docs/08-streams-and-exports.md').matchAll(/^\| (`\w+`(?:, `\w+`)?) +\|/gm)].flatMap(
    ([, names = '']) => names.replaceAll('`', '').split(', '),
  );
  const between = (path: string, start: string, end: string): string => read(path).split(start)[1]?.split(end)[0] ?? '';
  const codes = between('src/workos/api.error.ts', 'AuditWorkOSErrorCode =', ';').match(/(?<=')\w+/g) ?? [];
  const options = between('src/exports/export.request.ts', 'AuditExportOptions {', '\n}').match(/\w+(?=\??: )/g) ?? [];
  const states = ['active', 'inactive', 'error', 'invalid'];
  expect(codes.length).toBeGreaterThan(10);
  expect(rows.toSorted()).toEqual([...codes.filter((word) => word.length > 1), ...options, ...states].toSorted());
});
