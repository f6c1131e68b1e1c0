import type { ChildProcess } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { WorkOS } from '@workos-inc/node';
import { describe, expect, test } from 'vitest';
import { CliProject, type CliResult } from './support/cli-project.js';

const EVENTS = `'post.create': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } }`;
const LISTENS = /The trail +(http:\/\/127\.0\.0\.1:(\d+))/;

/** Runs `workos-audit local` while `use` does something with it, then ends it as a person does. */
async function whileLocal(
  project: CliProject,
  args: string[],
  use: (client: WorkOS, stdout: string) => Promise<void>,
): Promise<CliResult> {
  let using: Promise<void> | undefined;
  const result = await project.run(['local', ...args], (process: ChildProcess, stdout: string) => {
    const port = LISTENS.exec(stdout)?.[2];
    if (port === undefined || !stdout.includes('Ctrl-C')) return;
    const client = new WorkOS('sk_test_local', { apiHostname: '127.0.0.1', port: Number(port), https: false });
    using ??= use(client, stdout).finally(() => process.kill('SIGINT'));
    using.catch(() => {}); // it is awaited below
  });
  await using;
  if (!using) throw new Error(`it did not start: ${result.stderr}`);
  return result;
}

function event(version: number | undefined, ...types: string[]) {
  return {
    action: 'post.create',
    occurredAt: new Date(),
    actor: { id: 'u1', type: 'user', metadata: {} },
    targets: types.map((type) => ({ type, id: 'x1' })),
    context: { location: '203.0.113.7' },
    metadata: { title: 'Hello' },
    ...(version !== undefined && { version }),
  };
}

describe('workos-audit local', () => {
  test('accepts what the catalogue describes, in the versions of a first push, and ends well', async () => {
    await using project = await CliProject.of(EVENTS);
    const result = await whileLocal(project, ['--organization', 'org_acme'], async (client, stdout) => {
      expect(stdout).toContain('the events of ./audit-events.ts, 2 schemas');
      await client.auditLogs.createEvent('org_acme', event(2, 'post', 'user'));
      await client.auditLogs.createEvent('org_acme', event(1, 'post', 'user', 'team'));
      await expect(client.auditLogs.createEvent('org_acme', event(1, 'post', 'user'))).rejects.toThrow('Invalid');
      await expect(client.auditLogs.createEvent('org_other', event(1, 'post'))).rejects.toThrow('org_other');
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });

  test('has the versions of the lock, whatever came before them', async () => {
    await using project = await CliProject.of(EVENTS);
    const versions = [
      { version: 4, targets: ['post', 'user'] },
      { version: 3, targets: ['post', 'team', 'user'] },
      { version: 1, targets: ['draft'] },
    ];
    project.write({ 'my.lock.json': JSON.stringify({ lockfileVersion: 1, actions: { 'post.create': versions } }) });
    await whileLocal(project, ['--lock', 'my.lock.json'], async (client) => {
      await client.auditLogs.createEvent('org_local', event(4, 'post', 'user'));
      await client.auditLogs.createEvent('org_local', event(3, 'post', 'user', 'team'));
      await client.auditLogs.createEvent('org_local', event(1, 'draft'));
      await expect(client.auditLogs.createEvent('org_local', event(4, 'draft'))).rejects.toThrow('Invalid');
      await expect(client.auditLogs.createEvent('org_local', event(5, 'post', 'user'))).rejects.toThrow(`version '5'`);
    });
  });

  test('prints the settings with which the other commands and an application find it', async () => {
    await using project = await CliProject.of(EVENTS);
    await whileLocal(project, [], async (_client, stdout) => {
      const settings = [...stdout.matchAll(/(WORKOS_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]);
      Object.assign(project.env, Object.fromEntries(settings));
      expect(await project.run(['schemas', 'push'])).toMatchObject({ code: 0 });
      expect(project.lock().actions['post.create']).toHaveLength(2);
    });
  });

  test('accepts any action where there is no catalogue', async () => {
    await using project = await CliProject.create();
    await whileLocal(project, [], async (client, stdout) => {
      expect(stdout).toContain('any action');
      await client.auditLogs.createEvent('org_local', event(undefined, 'whatever'));
    });
  });

  test('shows the outbox of an application on its dashboard', async () => {
    const figures = { pending: 41, buried: 0, delivered: 0, retried: 0 };
    const app = createHttpServer((_, response) => response.end(JSON.stringify(figures))).listen(0, '127.0.0.1');
    await new Promise((resolve) => app.once('listening', resolve));
    const url = `http://localhost:${(app.address() as { port: number }).port}`;
    await using project = await CliProject.create();
    await whileLocal(project, ['--app', url, '--outbox', `${url}/audit-stats`], async (_client, stdout) => {
      const page = async (): Promise<string> => (await fetch(LISTENS.exec(stdout)?.[1] ?? '')).text();
      await expect.poll(page, { timeout: 10_000 }).toContain('<dd>41</dd>');
      expect(await page()).toContain(`Act in the app at <a href="${url}">`);
    });
    app.close();
  });

  test('takes another port when the usual one is taken, and says so when the given one is', async () => {
    await using project = await CliProject.create();
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const result = await project.run(['local', '--port', String(port)]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(new RegExp(`cannot listen on port ${port}.*EADDRINUSE`));
    taken.close();
    // Both at once: at most one of them has 4100.
    await using other = await CliProject.create();
    await whileLocal(project, [], async (first) => {
      await whileLocal(other, [], async (second) => {
        expect(first.baseURL).not.toBe(second.baseURL);
      });
    });
  });

  test.each([
    ['--port', 'many', `--port must be a number from 1 to 65535, not 'many'`],
    ['--events', 'nowhere.ts', `there is no file 'nowhere.ts' for --events`],
    ['--lock', 'nowhere.json', `there is no file 'nowhere.json' for --lock`],
    ['--organization', 'Acme Inc.', `--organization must be an id such as org_acme, not 'Acme Inc.'`],
    ['--outbox', 'https://example.com/stats', `--outbox must be a URL on this machine`],
    ['--app', 'example', `--app must be a URL such as http://localhost:3000, not 'example'`],
  ])('refuses %s %s', async (flag, value, message) => {
    await using project = await CliProject.create();
    const { code, stderr } = await project.run(['local', flag, value]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
