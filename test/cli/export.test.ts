import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { writeWhole } from '../../src/cli/export/whole-file.js';
import { CliProject, type CliResult } from './support/cli-project.js';

/** A project whose WorkOS has three events of today. */
async function project(): Promise<CliProject> {
  const app = await CliProject.create();
  app.workos.setExports({ delayMs: 0 });
  for (const [action, id] of [
    ['post.create', 'ada'],
    ['post.delete', 'bob'],
    ['user.login', 'ada'],
  ] as const) {
    app.workos.defineSchema(action, { targets: ['post'] });
    const event = {
      action,
      occurred_at: new Date().toISOString(),
      actor: { id, type: 'user', name: `${id}, "A"` },
      targets: [{ id: 'p1', type: 'post' }],
      context: { location: '::1' },
    };
    await fetch(`${app.workos.url}/audit_logs/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.workos.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ organization_id: 'org_local', event }),
    });
  }
  expect(app.workos.events).toHaveLength(3);
  return app;
}

const LAST_DAY = ['export', '--organization', 'org_local', '--from', '1d'];
const ALL = [...LAST_DAY, '--out', 'trail.csv'];

const rows = (app: CliProject) => parse(app.read('trail.csv'), { columns: true }) as Record<string, string>[];
const actions = (app: CliProject): unknown[] => rows(app).map(({ action }) => action);

/** What is in the folder besides what it began with. */
const files = (app: CliProject): string[] => readdirSync(app.folder).filter((name) => name !== 'package.json');

/** A server that sends the beginning of a file and then nothing. */
async function halfFile(): Promise<{ server: Server; url: string; begun: Promise<void> }> {
  let tell = (): void => {};
  const begun = new Promise<void>((resolve) => (tell = resolve));
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': 1_000_000, etag: '"v1"' });
    response.write('action\n'.repeat(1_000), () => tell());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, begun };
}

describe('workos-audit export', () => {
  test.concurrent('writes the trail, readable by its owner alone, and says so', async () => {
    await using app = await project();

    const done = await app.run(ALL);

    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^trail\.csv written: \d+ B, \S+Z to \S+Z\.\n$/) as string,
    });
    expect(done.stderr).toMatch(/^audit_log_export_\w+: waiting until WorkOS has made it\n$/);
    expect(actions(app)).toEqual(['post.create', 'post.delete', 'user.login']);
    expect(rows(app)[0]?.['actor_name']).toBe('ada, "A"');
    expect(statSync(`${app.folder}/trail.csv`).mode & 0o777).toBe(0o600);
    expect(files(app)).toEqual(['trail.csv']);
  });

  test.concurrent('filters, and prints JSON', async () => {
    await using app = await project();
    const day = new Date().toISOString().slice(0, 10);
    const range = ['--from', new Date(Date.now() - 3_600_000).toISOString(), '--to', day];
    const filters = ['--actions', 'post.create, post.delete', '--actions', 'user.login', '--actor-name', 'ada, "A"'];
    const more = ['--actor-ids', 'ada,bob', '--targets', 'post,team'];

    const done = await app.run([
      'export',
      '--organization',
      'org_local',
      ...range,
      ...filters,
      ...more,
      '--out',
      'trail.csv',
      '--json',
    ]);

    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout)).toEqual({
      file: 'trail.csv',
      bytes: statSync(`${app.folder}/trail.csv`).size,
      export: expect.stringMatching(/^audit_log_export_/) as string,
      organization: 'org_local',
      from: range[1],
      to: expect.stringMatching(/Z$/) as string,
    });
    expect(actions(app)).toEqual(['post.create', 'user.login']);
    const asked = app.workos.requests.find(({ path, method }) => path === '/audit_logs/exports' && method === 'POST');
    expect(asked?.body).toMatchObject({
      actions: ['post.create', 'post.delete', 'user.login'],
      targets: ['post', 'team'],
    });
  });

  const bad: [string, string[], string][] = [
    ['no organization', ['--from', '1d', '--out', 'x'], 'export needs --organization'],
    ['no range', ['--organization', 'o', '--out', 'x'], 'export needs --from'],
    ['no file', LAST_DAY.slice(1), 'export needs --out'],
    ['a range that runs backwards', [...ALL.slice(1), '--to', '2d'], 'is not before --to'],
    ['the future', [...ALL.slice(1), '--to', '2999-01-01'], '--to (2999-01-01T23:59:59.999Z) is in the future'],
    ['a time long ago', [...ALL.slice(1), '--from', '94d'], 'is more than three months ago'],
    ['a moment without its offset', [...ALL.slice(1), '--from', '2026-11-01T10:00'], 'a moment with its offset'],
    ['a day that is none', [...ALL.slice(1), '--from', '2026-02-30'], '--from must be a day'],
    ['words', [...ALL.slice(1), '--from', 'yesterday'], "not 'yesterday'"],
    [
      'a folder that is not there',
      [...LAST_DAY.slice(1), '--out', 'no/such/trail.csv'],
      "there is no folder 'no/such'",
    ],
    ['a folder', [...LAST_DAY.slice(1), '--out', '.'], 'must be a file'],
    ['a file that exists', [...LAST_DAY.slice(1), '--out', 'package.json'], 'or --force to replace it'],
    ['an id and a range', [...ALL.slice(1), '--id', 'audit_log_export_1'], '--id stands for an export'],
    ['an id that is none', ['--id', '../x', '--out', 'x'], '--id must be the id of an export'],
    ['a flag that there is not', ['--organisation', 'x'], "Unknown option '--organisation'"],
    ['a key on the command line', [...ALL.slice(1), '--api-key', 'sk_1'], '--api-key is not accepted'],
  ];
  test('refuses what cannot be before WorkOS is asked', async () => {
    await using app = await CliProject.create();
    const results = await Promise.all(bad.map(([, args]) => app.run(['export', ...args])));
    for (const [index, [what, , words]] of bad.entries()) {
      const { code, stderr } = results[index] as CliResult;
      expect([what, code, stderr.includes(words) ? words : stderr]).toEqual([what, 2, words]);
    }
    expect(app.workos.requests).toEqual([]);
    expect(files(app)).toEqual([]);
  });

  test.concurrent('explains what WorkOS says, and leaves no file', async () => {
    await using app = await project();
    const { workos } = app;
    const fails = async (words: string, args = ALL): Promise<void> => {
      const failed = await app.run(args);
      expect(failed.code).toBe(2);
      expect(failed.stderr).toContain(words);
      expect(files(app)).toEqual([]);
    };

    await fails('No event matches', [...ALL, '--actions', 'no.such']);
    await fails("Organization not found: 'org_x'", [...ALL, '--organization', 'org_x']);
    await fails('Audit Log Export not found', ['export', '--id', 'audit_log_export_x', '--out', 'trail.csv']);
    workos.setExports({ outcome: 'error' });
    await fails('has failed at WorkOS');
    workos.setExports({ outcome: 'expired' });
    await fails('has expired');
    workos.setExports({ outcome: 'ready', delayMs: Infinity });
    await fails('To download it: npx workos-audit export --id audit_log_export_', [...ALL, '--wait', '0s']);
    workos.fail({ path: '/audit_logs/exports', status: 401, times: 1 });
    await fails('Use a secret key (sk_…)');
    const json = await app.run([...ALL, '--actions', 'no.such', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ error: expect.stringContaining('No event matches') as string });
  });

  test.concurrent('downloads an export that was asked for before, and replaces a file when told to', async () => {
    await using app = await project();
    app.workos.setExports({ delayMs: Infinity });
    const late = await app.run([...ALL, '--wait', '0s']);
    const id = /--id (\w+)/.exec(late.stderr)?.[1] ?? '';
    app.workos.setExports({ delayMs: 0 });
    app.write({ 'trail.csv': 'old' });

    const done = await app.run(['export', '--id', id, '--out', 'trail.csv', '--force']);

    expect(done).toMatchObject({ code: 0 });
    expect(actions(app)).toHaveLength(3);
    expect(files(app)).toEqual(['trail.csv']);
  });

  test.concurrent('that breaks half-way leaves what was there before', async () => {
    await using app = await project();
    app.write({ 'trail.csv': 'old' });
    app.workos.fail({ path: /^\/_exports\//, cutAfterBytes: 100, times: 1 });
    app.workos.fail({ path: /^\/_exports\//, status: 500 });

    const failed = await app.run([...ALL, '--force']);

    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('broke after 100 bytes');
    expect(app.read('trail.csv')).toBe('old');
    expect(files(app)).toEqual(['trail.csv']);
  });

  test.concurrent('that cannot be written says so', async () => {
    await using app = await project();

    const failed = await app.run([...LAST_DAY, '--out', '/proc/trail.csv']);

    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain("'/proc/trail.csv' cannot be written: ");
    expect(failed.stderr).toContain('To download it: npx workos-audit export --id');
  });

  test.concurrent.each<[string, NodeJS.Signals, number, number]>([
    ['Ctrl-C', 'SIGINT', 1, 130],
    ['two of them', 'SIGINT', 2, 130],
    ['SIGTERM', 'SIGTERM', 1, 143],
  ])('leaves nothing half written on %s in the middle of the download', async (_, signal, times, code) => {
    await using app = await project();
    const { server, url, begun } = await halfFile();
    const now = new Date().toISOString();
    const body = {
      object: 'audit_log_export',
      id: 'audit_log_export_1',
      state: 'ready',
      url,
      created_at: now,
      updated_at: now,
    };
    app.workos.fail({ method: 'GET', path: /^\/audit_logs\/exports\//, status: 200, body });

    const running = app.run(['export', '--id', 'audit_log_export_1', '--out', 'trail.csv'], undefined, {
      onStart: async (child) => {
        await begun;
        while (files(app).length === 0) await sleep(10);
        for (let i = 0; i < times; i += 1) child.kill(signal);
      },
    });
    const stopped = await running;
    server.closeAllConnections();
    server.close();

    expect([stopped.code, files(app)]).toEqual([code, []]);
    expect(existsSync(`${app.folder}/trail.csv`)).toBe(false);
    if (times === 1)
      expect(stopped.stderr).toContain('npx workos-audit export --id audit_log_export_1 --out trail.csv');
  });

  test.concurrent('stops waiting on Ctrl-C, and says how to go on', async () => {
    await using app = await project();
    app.workos.setExports({ delayMs: Infinity });

    const stopped = await app.run(ALL, undefined, {
      onStart: async (child) => {
        while (!app.workos.requests.some(({ path }) => path.startsWith('/audit_logs/exports/'))) await sleep(10);
        child.kill('SIGINT');
      },
    });

    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('To download it: npx workos-audit export --id audit_log_export_');
    expect(files(app)).toEqual([]);
  });
});

test('a file that is being written is removed however the process ends', async () => {
  const folder = mkdtempSync(`${tmpdir()}/workos-audit-`);
  const source = new Readable({ read() {} });
  source.push('half');
  const before = process.listeners('exit');
  const writing = writeWhole(source, `${folder}/trail.csv`, { force: false, onBytes: () => {} });
  await expect.poll(() => readdirSync(folder)).toEqual([`trail.csv.${process.pid}.part`]);

  for (const listener of process.listeners('exit').filter((one) => !before.includes(one))) listener.call(process, 1);

  expect(readdirSync(folder)).toEqual([]);
  source.destroy(new Error('enough'));
  await expect(writing).rejects.toThrow('enough');
  expect(process.listeners('exit')).toEqual(before);
  rmSync(folder, { recursive: true });
});
