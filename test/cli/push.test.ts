import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEventDefinition, defineAuditEvents } from 'nestjs-workos-audit';
import type { LocalWorkOS, LocalWorkOSFault } from 'nestjs-workos-audit/testing';
import { describe, expect, test } from 'vitest';
import { catalogueText, CliProject } from './support/cli-project.js';
import { expected, registered } from './support/registered.js';

function lines(text: string, beginning: string): number {
  return text.split('\n').filter((line) => line.startsWith(beginning)).length;
}

describe('a catalogue of 200 actions', () => {
  const types = ['string', 'number', 'boolean'] as const;
  const definitions = Object.fromEntries(
    Array.from({ length: 200 }, (_, i): [string, AuditEventDefinition] => [
      `area${i % 17}.action_${i}`,
      {
        targets: [
          `thing${i % 5}`,
          'user',
          ...['team', 'project', 'folder'].slice(0, i % 4).map((type) => ({ type, optional: true })),
        ],
        ...(i % 3 > 0 && { metadata: { [`key_${i % 7}`]: types[i % 3] ?? 'string', other: 'string' } }),
      },
    ]),
  );
  const catalogue = defineAuditEvents(definitions);
  const text = `import { defineAuditEvents } from 'nestjs-workos-audit';
    export const auditEvents = defineAuditEvents(${JSON.stringify(definitions)});`;
  const SCHEMAS = 50 * (1 + 2 + 4 + 8);

  /** What an interrupted push leaves behind, with so many schemas at WorkOS. */
  type Left = (project: CliProject, there: number, stderr: string) => void;

  const lockAndAdvice: Left = (project, there, stderr) => {
    expect(stderr).toContain(`Interrupted: WorkOS has ${there} of ${SCHEMAS} schemas`);
    expect(stderr).toContain('npx workos-audit schemas push --events ./audit-events.ts');
    expect(Object.values(project.lock().actions).flat()).toHaveLength(there);
  };
  const nothing: Left = (project) => expect(() => project.lock()).toThrow('ENOENT');

  test.concurrent.each<[string, NodeJS.Signals, number | null, Left]>([
    ['Ctrl-C', 'SIGINT', 130, lockAndAdvice],
    ['a kill -9', 'SIGKILL', null, nothing],
  ])('is planned, pushed, interrupted half-way by %s, pushed again and checked', async (_, signal, code, left) => {
    await using project = await CliProject.create({ 'audit-events.ts': text });
    const { workos } = project;

    const plan = await project.run(['schemas', 'plan']);
    expect(plan).toMatchObject({ code: 1, stderr: '' });
    expect(lines(plan.stdout, 'create ')).toBe(SCHEMAS);
    expect(plan.stdout).toContain(`${SCHEMAS} schemas: 0 in step, ${SCHEMAS} to create.`);

    workos.fail({ method: 'POST', path: /schemas$/, delayMs: 3 });
    let sent = false;
    const interrupted = await project.run(['schemas', 'push'], (child, stdout) => {
      if (!sent && lines(stdout, 'created ') > SCHEMAS / 3) sent = child.kill(signal);
    });
    workos.heal();
    await sleep(50); // what was under way when the process was killed
    const halfWay = Object.values(await registered(workos)).flat().length;
    expect(interrupted.code).toBe(code);
    expect(halfWay).toBeGreaterThan(SCHEMAS / 3);
    expect(halfWay).toBeLessThan(SCHEMAS * 0.9);
    left(project, halfWay, interrupted.stderr);

    const pushed = await project.run(['schemas', 'push']);
    expect(pushed).toMatchObject({ code: 0, stderr: '' });
    expect(lines(pushed.stdout, 'created ')).toBe(SCHEMAS - halfWay);
    expect(await registered(workos)).toEqual(expected(catalogue));
    expect(await project.run(['schemas', 'check'])).toMatchObject({ code: 0, stderr: '' });

    const lock = project.read('workos-audit.lock.json');
    const { mtimeMs } = statSync(`${project.folder}/workos-audit.lock.json`);
    const again = await project.run(['schemas', 'push', '--json']);
    expect(JSON.parse(again.stdout)).toEqual({ created: 0, lock: './workos-audit.lock.json', lockWritten: false });
    expect(project.read('workos-audit.lock.json')).toBe(lock);
    expect(statSync(`${project.folder}/workos-audit.lock.json`).mtimeMs).toBe(mtimeMs);
    expect(Object.keys(project.lock().actions)).toEqual(Object.keys(definitions).toSorted());
  });
});

describe('a push', () => {
  const definitions = `
    'post.create': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } },
    'post.delete': { targets: ['post', target('user', { role: 'string' }), optional('team')] },
    'user.login': { targets: ['user'], actor: { metadata: { mfa: 'boolean' } } }`;
  const SCHEMAS = {
    'post.create': [1, 2],
    'post.delete': [1, 2],
    'user.login': [1],
  };

  async function versions(workos: LocalWorkOS): Promise<Record<string, number[]>> {
    const schemas = await registered(workos);
    return Object.fromEntries(
      Object.entries(schemas).map(([action, list]) => [action, list.map((one) => one.version)]),
    );
  }

  function locked(project: CliProject): Record<string, number[]> {
    const entries = Object.entries(project.lock().actions);
    return Object.fromEntries(entries.map(([action, list]) => [action, list.map((one) => one.version)]));
  }

  // These two take longest, so they begin first.
  test.concurrent('gives up when WorkOS stays down', async () => {
    await using app = await CliProject.of(definitions);
    const { workos } = app;
    workos.fail({ path: /./, status: 503 });
    const failed = await app.run(['schemas', 'push']);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(
      'GET /audit_logs/actions: WorkOS fails: Service Unavailable (HTTP 503)\nIt is safe to run the command again.',
    );
  });

  test.concurrent('without a network says so', async () => {
    await using app = await CliProject.of(definitions);
    const { workos } = app;
    await workos.stop();
    const failed = await app.run(['schemas', 'push']);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toMatch(/WorkOS cannot be reached: .*ECONNREFUSED.*\nCheck the network/);
  });

  const post = { method: 'POST', path: /schemas$/ };
  test.concurrent.each<[string, LocalWorkOSFault, string]>([
    [
      '429 with Retry-After',
      { ...post, status: 429, retryAfter: 1, times: 3 },
      'trying again in 1.0 s: Too many requests.',
    ],
    ['429 without it', { ...post, status: 429, times: 3 }, 'Too many requests.'],
    ['503', { ...post, status: 503, times: 3 }, 'Service Unavailable'],
    ['a connection that is reset before', { ...post, reset: 'before', times: 3 }, 'trying again'],
    ['a connection that is reset when the schema is stored', { ...post, reset: 'after', times: 5 }, 'trying again'],
    ['an answer whose body never comes', { ...post, slowBodyMs: 60_000, times: 3 }, 'did not answer within 800 ms'],
    ['no answer', { ...post, hang: true, times: 2 }, 'did not answer within 800 ms'],
    ['a page of a proxy', { ...post, status: 200, body: '<html>Log in', times: 2 }, 'a body that is no JSON'],
    ['an answer that is no schema', { ...post, status: 200, times: 2 }, 'an answer that is no schema'],
    [
      '429 to the reading of actions',
      { path: '/audit_logs/actions', status: 429, retryAfter: 1, times: 1 },
      'in 1.0 s',
    ],
    ['503 to the reading of actions', { path: '/audit_logs/actions', status: 503, times: 2 }, 'Service Unavailable'],
  ])('survives %s, and creates nothing twice', async (_, fault, said) => {
    await using app = await CliProject.of(definitions);
    const { workos } = app;
    workos.fail(fault);
    // Only where it is needed: on a busy machine a short limit would hit requests that are merely slow.
    const limit = said.includes('800 ms') ? ['--timeout', '0.8'] : [];
    const pushed = await app.run(['schemas', 'push', ...limit]);
    expect(pushed.stderr).toContain(said);
    expect(pushed.code).toBe(0);
    expect(await versions(workos)).toEqual(SCHEMAS);
    expect(locked(app)).toEqual(SCHEMAS);
  });

  test.concurrent('that fails half-way says why, and writes the lock for what is there', async () => {
    await using app = await CliProject.of(definitions);
    const { workos } = app;
    workos.fail({ method: 'POST', path: /post\.delete.schemas$/, status: 422, body: { message: 'no such thing' } });
    const failed = await app.run(['schemas', 'push', '--json']);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(
      'POST /audit_logs/actions/post.delete/schemas: WorkOS refuses: no such thing (HTTP 422)',
    );
    expect(JSON.parse(failed.stdout)).toEqual({ error: expect.stringContaining('no such thing') as string });
    const there = await versions(workos);
    expect(locked(app)).toEqual(there);
    workos.heal();
    expect((await app.run(['schemas', 'push'])).code).toBe(0);
    expect(await versions(workos)).toEqual(SCHEMAS);
  });

  test.concurrent('with a wrong key fails at once, and never shows the key', async () => {
    await using app = await CliProject.of(definitions);
    app.env['WORKOS_API_KEY'] = 'sk_live_very_secret';
    const failed = await app.run(['schemas', 'push']);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(
      'WorkOS refuses the API key: Unauthorized (HTTP 401)\nSet WORKOS_API_KEY to a secret key',
    );
    expect(failed.stdout + failed.stderr).not.toContain('very_secret');
  });

  test.concurrent('stops when WorkOS stores something else than was sent', async () => {
    await using app = await CliProject.of(definitions);
    const { workos } = app;
    app.events(`'post.create': { targets: ['post'] }`);
    const body = { version: 4, targets: [{ type: 'another' }], created_at: '' };
    workos.fail({ ...post, status: 201, body });
    const failed = await app.run(['schemas', 'push']);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain(`WorkOS stored version 4 of 'post.create' otherwise than it was sent`);
    expect(workos.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test.concurrent('sends the catalogue as it is, metadata as JSON Schema', async () => {
    await using app = await CliProject.of(definitions);
    const { workos } = app;
    await app.run(['schemas', 'push']);
    const bodies = workos.requests.filter(({ method, path }) => method === 'POST' && path.includes('post.delete'));
    const user = { type: 'user', metadata: { type: 'object', properties: { role: { type: 'string' } } } };
    const actor = { metadata: { type: 'object', properties: {} } };
    expect(bodies.map(({ body }) => body)).toEqual([
      { actor, targets: [{ type: 'post' }, user, { type: 'team' }] },
      { actor, targets: [{ type: 'post' }, user] },
    ]);
  });

  test.concurrent('writes the lock beside the catalogue', async () => {
    await using project = await CliProject.create({
      'src/audit-events.ts': catalogueText(`'a.b': { targets: ['user'] }`),
    });
    const { stdout } = await project.run(['schemas', 'push', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ created: 1, lock: './src/workos-audit.lock.json', lockWritten: true });
    expect(JSON.parse(project.read('src/workos-audit.lock.json'))).toMatchObject({
      catalogue: { events: './audit-events.ts' },
    });
    expect(await project.run(['schemas', 'check'])).toMatchObject({ code: 0 });
  });
});
