import { defineAuditEvents, optional } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { formatLock } from '../../src/schemas/lock.js';
import { syncSchemas } from '../../src/schemas/schema.sync.js';
import { CliProject } from './support/cli-project.js';

const CREATE = `'post.create': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } }`;
const DELETE = `'post.delete': { targets: ['post', 'user'] }`;
const catalogue = defineAuditEvents({
  'post.create': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } },
  'post.delete': { targets: ['post', 'user'] },
});

/** A project whose catalogue, WorkOS and lock are in step. */
async function inStep(): Promise<CliProject> {
  const project = await CliProject.of(`${CREATE}, ${DELETE}`);
  const { workos } = project;
  const connection = { apiKey: workos.apiKey, ...workos.clientOptions };
  const lock = await syncSchemas(connection, catalogue, { events: './audit-events.ts' });
  project.write({ 'workos-audit.lock.json': formatLock(lock) });
  return project;
}

describe('schemas plan', () => {
  test.concurrent('lists every schema of the catalogue, aligned, and what only WorkOS has', async () => {
    await using project = await inStep();
    project.workos.defineSchema('invoice.paid', { targets: ['invoice'] });
    project.events(`${CREATE}, ${DELETE}, 'user.login': { targets: ['user'] }`);
    expect(await project.run(['schemas', 'plan'])).toEqual({
      code: 1,
      stderr: '',
      stdout: `in step  post.create  v1  post, user, team
in step  post.create  v2  post, user
in step  post.delete  v1  post, user
create   user.login       user              WorkOS does not have the action
Only at WorkOS, which is no drift: invoice.paid
4 schemas: 3 in step, 1 to create.
To bring them in step: npx workos-audit schemas push --events ./audit-events.ts
`,
    });
  });

  test.concurrent('gives the same as JSON', async () => {
    await using project = await inStep();
    const { code, stdout, stderr } = await project.run(['schemas', 'plan', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      inStep: true,
      schemas: [
        { action: 'post.create', targets: ['post', 'user', 'team'], state: 'in step', version: 1 },
        { action: 'post.create', targets: ['post', 'user'], state: 'in step', version: 2 },
        { action: 'post.delete', targets: ['post', 'user'], state: 'in step', version: 1 },
      ],
      unlisted: [],
      lock: [],
    });
    project.events(`${CREATE}, 'post.delete': { targets: ['post'] }`);
    const drift = await project.run(['schemas', 'plan', '--json']);
    expect(drift.code).toBe(1);
    expect(JSON.parse(drift.stdout)).toMatchObject({
      inStep: false,
      schemas: [
        {},
        {},
        { action: 'post.delete', state: 'create', reason: 'WorkOS has no version with these target types' },
      ],
    });
  });

  test.concurrent('writes nothing, neither here nor at WorkOS', async () => {
    await using project = await CliProject.of(CREATE);
    await project.run(['schemas', 'plan']);
    await project.run(['schemas', 'check']);
    expect(() => project.lock()).toThrow('ENOENT');
    expect(project.workos.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test.concurrent('reads every page: more than 100 actions, and more than 100 versions of one', async () => {
    await using project = await CliProject.of(`${CREATE}, ${DELETE}`);
    const { workos } = project;
    const title = { title: 'string' } as const;
    workos.defineSchema('post.create', { targets: ['post', 'user', 'team'], metadata: title });
    workos.defineSchema('post.create', { targets: ['user', 'post'], metadata: title });
    workos.defineSchema('post.delete', { targets: ['post', 'user'] });
    for (let i = 0; i < 230; i += 1) {
      workos.defineSchema(`other.action_${i}`, { targets: ['thing'] });
      workos.defineSchema('post.create', { targets: ['post', `type_${i}`] });
    }
    const pushed = await project.run(['schemas', 'push']);
    expect(pushed).toMatchObject({ code: 0, stdout: 'Nothing to create; ./workos-audit.lock.json written.\n' });
    expect(project.lock().actions).toMatchObject({
      'post.create': [
        { version: 1, targets: ['post', 'team', 'user'] },
        { version: 2, targets: ['post', 'user'] },
      ],
      'post.delete': [{ version: 1 }],
    });
    const pages = workos.requests.filter(({ path }) => path === '/audit_logs/actions/post.create/schemas');
    expect(pages.map(({ query }) => query['limit'])).toEqual(['100', '100', '100']);
    expect(workos.requests.filter(({ path }) => path === '/audit_logs/actions')).toHaveLength(3);
    // The schemas of what is not in the catalogue are nobody's business.
    expect(workos.requests.filter(({ path }) => path.includes('other.action'))).toEqual([]);
  });
});

describe('drift, in plan and check alike, is exit 1 and names the action:', () => {
  type Change = (project: CliProject) => void;
  const events =
    (definitions: string): Change =>
    (project) =>
      project.events(definitions);
  const lock =
    (change: (text: string) => string): Change =>
    (project) =>
      project.write({ 'workos-audit.lock.json': change(project.read('workos-audit.lock.json')) });

  test.concurrent.each<[string, Change, RegExp]>([
    [
      'a new action',
      events(`${CREATE}, ${DELETE}, 'user.login': { targets: ['user'] }`),
      /^create +user\.login .*not have the action$/m,
    ],
    [
      'a target type removed',
      events(`${CREATE}, 'post.delete': { targets: ['user'] }`),
      /^create +post\.delete +user +WorkOS has no version with these target types$/m,
    ],
    [
      'the type of a metadata key changed',
      events(`${CREATE.replace("title: 'string'", "title: 'number'")}, ${DELETE}`),
      /^create +post\.create +post, user, team +differs from version 1: metadata 'title' is number in the catalogue, string at WorkOS$/m,
    ],
    [
      'metadata of a target added',
      events(`${CREATE}, 'post.delete': { targets: ['post', target('user', { role: 'string' })] }`),
      /^create +post\.delete .* differs from version 1: metadata of 'user' 'role' is string in the catalogue, absent at WorkOS$/m,
    ],
    [
      'metadata of the actor added',
      events(`${CREATE}, 'post.delete': { targets: ['post', 'user'], actor: { metadata: { mfa: 'boolean' } } }`),
      /^create +post\.delete .*actor\.metadata 'mfa' is boolean in the catalogue/m,
    ],
    [
      'an optional target type added',
      events(`${CREATE}, 'post.delete': { targets: ['post', 'user', optional('team')] }`),
      /^create +post\.delete +post, user, team /m,
    ],
    ['an action removed', events(CREATE), /lock\.json: the lock has it, the catalogue does not \[post\.delete\]$/m],
    [
      'no lock',
      (project) => project.remove('workos-audit.lock.json'),
      /there is no lock \[post\.create, post\.delete\]$/m,
    ],
    [
      'a lock without a version',
      lock((text) => text.replace(/,\n.*"version": 2.*$/m, '')),
      /the lock lacks version 2 \(post, user\) \[post\.create\]$/m,
    ],
    [
      'a lock with a version that WorkOS lacks',
      lock((text) => text.replace('"version": 2', '"version": 7')),
      /the lock has version 7 \(post, user\), WorkOS does not \[post\.create\]$/m,
    ],
    [
      'a lock with a version that WorkOS has otherwise',
      lock((text) => text.replace('"targets": ["post", "team", "user"]', '"targets": ["post"]')),
      /the lock has version 1 \(post\), at WorkOS it has the target types post, user, team \[post\.create\]$/m,
    ],
    [
      'a lock of other metadata',
      lock((text) => text.replace(/"digest": "\w+" \}\n/, '"digest": "0123456789abcdef" }\n')),
      /the lock has version 2 \(post, user\), at WorkOS its metadata differs \[post\.create\]$/m,
    ],
    [
      'a lock without digests',
      lock((text) => text.replaceAll(/, "digest": "\w+" \}(,?)\n/g, ' }$1\n')),
      /its part of the lock is not as a push writes it \[post\.create, post\.delete\]$/m,
    ],
    [
      'a lock of another catalogue',
      lock((text) => text.replace('./audit-events.ts', './other.ts')),
      /made from another catalogue$/m,
    ],
  ])('%s', async (_, change, expected) => {
    await using project = await inStep();
    change(project);
    for (const command of ['plan', 'check']) {
      const { code, stdout, stderr } = await project.run(['schemas', command]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toMatch(expected);
      expect(stdout).toContain('To bring them in step: npx workos-audit schemas push');
    }
  });

  test.concurrent('and a push ends it', async () => {
    await using project = await inStep();
    project.events(`${CREATE.replace("title: 'string'", "title: 'number'")}, 'post.delete': { targets: ['user'] }`);
    expect((await project.run(['schemas', 'push'])).code).toBe(0);
    expect(project.lock().actions).toMatchObject({
      'post.create': [{ version: 3 }, { version: 4 }],
      'post.delete': [{ version: 2, targets: ['user'] }],
    });
    expect((await project.run(['schemas', 'check'])).code).toBe(0);
  });

  test.concurrent('WorkOS lost a schema, as another environment would have', async () => {
    await using project = await inStep();
    await using other = await CliProject.create();
    Object.assign(project.env, other.env);
    const { code, stdout } = await project.run(['schemas', 'check']);
    expect(code).toBe(1);
    expect(stdout).toContain('the lock has version 1 (post, user), WorkOS does not [post.delete]');
  });
});

describe('what is no drift:', () => {
  test.concurrent('a lock that a formatter laid out anew, which a push leaves alone', async () => {
    await using project = await inStep();
    const laidOut = `${JSON.stringify(project.lock(), undefined, 4)}\r\n`;
    project.write({ 'workos-audit.lock.json': laidOut });
    expect((await project.run(['schemas', 'check'])).code).toBe(0);
    expect((await project.run(['schemas', 'push'])).stdout).toContain('is up to date');
    expect(project.read('workos-audit.lock.json')).toBe(laidOut);
  });

  test.concurrent('a second version at WorkOS that is equal to the one in the lock', async () => {
    await using project = await inStep();
    project.workos.defineSchema('post.delete', { targets: ['user', 'post'], metadata: {} });
    expect((await project.run(['schemas', 'check'])).code).toBe(0);
    project.remove('workos-audit.lock.json');
    await project.run(['schemas', 'push']);
    expect(project.lock().actions['post.delete']).toMatchObject([{ version: 2 }]);
  });

  test.concurrent('descriptions, and the order of actions, target types and keys', async () => {
    await using project = await inStep();
    const reordered = CREATE.replace(`'post', 'user',`, `'user', 'post',`).replace(
      '{ targets',
      `{ description: 'x', targets`,
    );
    project.events(`${DELETE}, ${reordered}`);
    expect((await project.run(['schemas', 'check'])).code).toBe(0);
  });
});
