import { DirectoryGroupsService } from 'nestjs-workos-audit';
import type { LocalWorkOSFault } from 'nestjs-workos-audit/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { TestApp } from '../support/test-app.js';
import { ada, alan, engineering, fromProfile, security, seed, startDirectory } from './support.js';

const oneLookup = ['/directories', '/directory_users', '/directory_groups'];

describe('the groups of somebody', () => {
  test('are found in a directory of 251 and more, in three requests', async () => {
    const crowd = Array.from({ length: 260 }, (_, index) => ({
      email: `person${index}@acme.example`,
      directoryUserId: `directory_user_${index}`,
    }));
    const { groups, asked, requests } = await startDirectory(
      {},
      { seed: { ...seed, people: [...seed.people, ...crowd] } },
    );
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(asked()).toEqual(oneLookup);
    expect(requests()[1]?.query).toEqual({ directory: 'directory_acme', idp_id: 'idp_ada' });
  });

  test('are those of the profile for a user whom no directory knows', async () => {
    const { groups, app } = await startDirectory();
    const stranger = { ...ada, idpId: 'idp_new', email: 'new@acme.example' };
    expect(await groups.groupsOf(stranger)).toEqual(fromProfile);
    expect(await groups.groupsOf({ ...stranger, groups: undefined })).toEqual([]);
    expect(groups.stats()).toMatchObject({ unknown: 1, hits: 1, failed: 0 });
    expect(app.logs.find('warn', 'No directory of org_acme has the user idp_new')).toHaveLength(1);
  });

  test('are those of the profile in an organization without a directory, and nobody is alarmed', async () => {
    const { groups, app, asked } = await startDirectory();
    expect(await groups.groupsOf({ ...ada, organizationId: 'org_bare' })).toEqual(fromProfile);
    expect(asked()).toEqual(['/directories']);
    expect(app.logs.find('warn', 'irectory')).toEqual([]);
  });

  test('are found by e-mail, whatever its case, where the ids of SSO and directory differ', async () => {
    const { groups } = await startDirectory();
    expect(await groups.groupsOf({ ...ada, idpId: 'of-sso', email: 'Ada@ACME.example' })).toEqual([
      engineering,
      security,
    ]);
    expect(await groups.groupsOf({ organizationId: 'org_acme', email: 'ada@acme.example' })).toEqual([
      engineering,
      security,
    ]);
  });

  test('are those of the id rather than of the e-mail', async () => {
    const { groups } = await startDirectory();
    expect(await groups.groupsOf({ ...ada, email: 'alan@acme.example' })).toEqual([engineering, security]);
  });

  test('are found in the second directory, by either', async () => {
    const directories = [{ id: 'directory_old', organizationId: 'org_acme', name: 'Old' }, ...seed.directories];
    const groups = seed.groups.map((group) => ({ ...group, directoryId: 'directory_acme' }));
    const people = seed.people.map((person) => ({ ...person, directoryId: 'directory_acme' }));
    const found = await startDirectory({}, { seed: { ...seed, directories, groups, people } });
    expect(await found.groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(await found.groups.groupsOf({ ...ada, idpId: 'of-sso' })).toEqual([engineering, security]);
  });

  test('are those of the active user, where somebody is there twice', async () => {
    const before = { email: 'ada@acme.example', directoryUserId: 'directory_user_before', state: 'inactive' } as const;
    const { groups } = await startDirectory({}, { seed: { ...seed, people: [...seed.people, before] } });
    expect(await groups.groupsOf({ organizationId: 'org_acme', email: 'ada@acme.example' })).toEqual([
      engineering,
      security,
    ]);
  });

  test('are all read, beyond the first page', async () => {
    const many = Array.from({ length: 230 }, (_, index) => ({ id: `group_${index}`, name: `Group ${index}` }));
    const people = [{ email: 'ada@acme.example', idpId: 'idp_ada', groups: many.map(({ id }) => id) }];
    const { groups, asked } = await startDirectory({}, { seed: { ...seed, groups: many, people } });
    expect((await groups.groupsOf(ada)).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
      many.toSorted((a, b) => a.id.localeCompare(b.id)),
    );
    expect(asked()).toEqual([...oneLookup, '/directory_groups', '/directory_groups']);
  });

  test('are nobody else’s, if WorkOS should ignore the filters', async () => {
    const { groups, workos } = await startDirectory();
    const user = { id: 'directory_user_alan', idp_id: 'idp_alan', email: 'alan@acme.example', state: 'active' };
    const body = { object: 'list', data: [user], list_metadata: {} };
    workos.fail({ path: '/directory_users', status: 200, body });
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
    expect(groups.stats()).toMatchObject({ unknown: 1, failed: 0 });
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ada'],
    ['no organization', { ...ada, organizationId: null }],
    ['a blank organization', { ...ada, organizationId: ' ' }],
    ['neither id nor e-mail', { organizationId: 'org_acme', groups: ['from the IdP'] }],
    ['an id that is an object', { ...ada, idpId: {}, email: [] }],
  ])('are asked for of nobody by a profile that is %s', async (_name, profile) => {
    const { groups, asked } = await startDirectory();
    const found = await groups.groupsOf(profile as never);
    expect(found).toEqual(typeof profile === 'object' && profile ? fromProfile : []);
    expect(await groups.refresh(profile as never)).toEqual(found);
    expect(asked()).toEqual([]);
  });
});

describe('what is remembered', () => {
  test('serves until it is old: groups are not frozen at login', async () => {
    const { groups, workos, asked } = await startDirectory({ ttlMs: 300 });
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    workos.updatePerson('ada@acme.example', { groups: ['group_sec'] });
    const started = Date.now();
    const again = await groups.groupsOf(ada);
    // On a machine that was busy for so long, it may be old by now.
    if (Date.now() - started < 100 && asked().length === 3) expect(again).toEqual([engineering, security]);
    await sleep(350);
    expect(await groups.groupsOf(ada)).toEqual([security]);
    expect(groups.stats()).toMatchObject({ lookups: 2, remembered: 1 });
  });

  test('is asked for once by all who ask at the same time', async () => {
    const { groups, asked } = await startDirectory();
    const answers = await Promise.all(Array.from({ length: 50 }, () => groups.groupsOf(ada)));
    expect(answers).toEqual(answers.map(() => [engineering, security]));
    expect(asked()).toEqual(oneLookup);
    await Promise.all([groups.groupsOf(ada), groups.groupsOf(alan)]);
    expect(asked()).toEqual([...oneLookup, '/directory_users', '/directory_groups']);
    expect(groups.stats()).toMatchObject({ lookups: 2, hits: 1, remembered: 2 });
  });

  test('is bounded: who was not asked for the longest is forgotten', async () => {
    const { groups, asked } = await startDirectory({ maxEntries: 2 });
    const eve = { ...ada, idpId: 'idp_eve', email: 'eve@acme.example' };
    for (const profile of [ada, alan, ada, eve]) await groups.groupsOf(profile);
    expect(groups.stats().remembered).toBe(2);
    const before = asked().length;
    await groups.groupsOf(ada);
    expect(asked().length).toBe(before);
    await groups.groupsOf(alan);
    expect(asked().length).toBe(before + 2);
  });

  test('can be forgotten, and looked up anew', async () => {
    const { groups, workos, asked } = await startDirectory();
    await groups.groupsOf(ada);
    await groups.groupsOf(alan);
    workos.updatePerson('ada@acme.example', { groups: [] });
    expect(await groups.refresh(ada)).toEqual([]);
    expect(await groups.groupsOf(ada)).toEqual([]);
    groups.forget(ada);
    expect(groups.stats().remembered).toBe(1);
    groups.forget();
    expect(groups.stats().remembered).toBe(0);
    expect(await groups.groupsOf(alan)).toEqual([engineering]);
    expect(asked().filter((path) => path === '/directories')).toHaveLength(2);
  });

  test('does not come back from a lookup that began before it was forgotten', async () => {
    const { groups, workos } = await startDirectory();
    const undo = workos.fail({ path: '/directory_groups', delayMs: 300 });
    const asked = groups.groupsOf(ada);
    await vi.waitFor(() => expect(workos.requests.some(({ path }) => path === '/directory_groups')).toBe(true));
    groups.forget(ada);
    undo();
    expect(await asked).toEqual([engineering, security]);
    expect(groups.stats().remembered).toBe(0);
  });

  test('serves when the directory fails later', async () => {
    const { groups, workos } = await startDirectory({ ttlMs: 1, failureTtlMs: 1 });
    await groups.groupsOf(ada);
    await sleep(5);
    workos.fail({ path: /^\/director/, status: 503 });
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(groups.stats()).toMatchObject({ failed: 1 });
  });
});

const faults: [name: string, fault: LocalWorkOSFault][] = [
  ['fails', { status: 500 }],
  ['is not there', { status: 503, retryAfter: 1 }],
  ['answers with HTML', { status: 502, body: '<html>Bad gateway</html>' }],
  ['answers with HTML and 200', { status: 200, body: '<html>Hello</html>' }],
  ['answers with no list', { status: 200, body: { object: 'list' } }],
  ['answers with null', { status: 200, body: null }],
  ['refuses the key', { status: 401, body: { message: 'The key sk_test_local is wrong' } }],
  ['refuses the request', { status: 422, body: { message: 'idp_id is not allowed' } }],
  ['resets', { reset: 'before' }],
  ['is rate limited for longer than one waits', { status: 429, retryAfter: 600, body: '"Ratelimited"' }],
];

describe('when the directory gives no answer', () => {
  test.each(faults)(
    'since it %s, the profile’s groups serve, and it is left alone for a while',
    async (_name, fault) => {
      const { groups, workos, app, asked } = await startDirectory();
      workos.fail({ path: '/directory_users', contentType: 'application/json', ...fault });
      expect(await groups.groupsOf(ada)).toEqual(fromProfile);
      const before = asked().length;
      expect(await groups.groupsOf({ ...ada, groups: null })).toEqual([]);
      expect(asked().length).toBe(before);
      expect(groups.stats()).toMatchObject({ lookups: 1, failed: 1, late: 0, hits: 1 });
      const said = app.logs.find('warn', 'Groups could not be read from Directory Sync: GET /directory_users');
      expect(said).toHaveLength(1);
      expect(said[0]).not.toContain('sk_test_local');
    },
  );

  test('but rubbish, what of it can be used is used', async () => {
    const { groups, workos } = await startDirectory();
    const data = [null, 7, 'x', {}, [], { id: ' ' }, { id: 'group_eng' }, { id: 8, name: 9 }];
    const undo = workos.fail({
      path: '/directory_groups',
      status: 200,
      body: { object: 'list', data, list_metadata: 7 },
    });
    expect(await groups.groupsOf(ada)).toEqual([{ id: 'group_eng' }, { id: '8', name: '9' }]);
    undo();
    workos.fail({ path: '/directory_users', status: 200, body: { object: 'list', data } });
    expect(await groups.refresh(alan)).toEqual([]);
  });

  test('recovers by itself', async () => {
    const { groups, workos } = await startDirectory({ failureTtlMs: 20 });
    await workos.stop();
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
    await workos.resume();
    await vi.waitFor(async () => expect(await groups.groupsOf(ada)).toEqual([engineering, security]), 10_000);
  });

  test('in an outage the log has one line, whoever signs in', async () => {
    const { groups, workos, app } = await startDirectory();
    workos.fail({ path: /^\/director/, status: 503 });
    for (let index = 0; index < 20; index += 1) await groups.groupsOf({ ...ada, idpId: `idp_${index}` });
    expect(groups.stats().failed).toBe(20);
    expect(app.logs.find('warn', 'Groups could not be read')).toHaveLength(1);
  });

  test('in time, one waits no longer, but the lookup goes on for the next', async () => {
    const { groups, workos } = await startDirectory({ timeoutMs: 50 });
    workos.fail({ path: '/directory_users', delayMs: 500, times: 1 });
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
    expect(groups.stats()).toMatchObject({ late: 1, lookups: 1 });
    await vi.waitFor(async () => expect(await groups.groupsOf(ada)).toEqual([engineering, security]), 10_000);
    expect(groups.stats()).toMatchObject({ failed: 0, lookups: 1 });
  });

  test('and hangs, neither a login nor the shutdown waits for it', async () => {
    const { groups, workos, app } = await startDirectory({ timeoutMs: 50 });
    workos.fail({ path: '/directories', hang: true });
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
    await app.close();
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
  });

  test('because the client is a stand-in that cannot be asked, that is said once', async () => {
    const client = { auditLogs: { createEvent: () => Promise.resolve() } };
    const app = await TestApp.start({ audit: { workos: { client } } });
    const groups = app.nest.get(DirectoryGroupsService);
    expect(await groups.groupsOf(ada)).toEqual(fromProfile);
    expect(app.logs.find('warn', 'a stand-in that has no get()')).toHaveLength(1);
  });
});

describe('the pace of 4 requests a second', () => {
  test('is kept: many different people at once all get their groups', async () => {
    const people = Array.from({ length: 12 }, (_, index) => ({
      email: `person${index}@acme.example`,
      idpId: `idp_${index}`,
      groups: [index % 2 ? 'group_eng' : 'group_sec'],
    }));
    const local = { seed: { ...seed, people }, directoryUsersPerSecond: 4 };
    const { groups, requests } = await startDirectory({ timeoutMs: 30_000 }, local);
    const answers = await Promise.all(
      people.map(({ idpId, email }) => groups.groupsOf({ organizationId: 'org_acme', idpId, email })),
    );
    expect(answers).toEqual(people.map((_, index) => [index % 2 ? engineering : security]));
    const times = requests().flatMap(({ path, at }) => (path === '/directory_users' ? [at.getTime()] : []));
    // Nine or more requests cannot go within the first two seconds.
    expect((times[8] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2_000);
    expect(requests().filter(({ path }) => path === '/directories')).toHaveLength(1);
  });

  test('is kept for each directory on its own', async () => {
    const organizations = [...seed.organizations, { id: 'org_globex', name: 'Globex' }];
    const directories = [...seed.directories, { id: 'directory_globex', organizationId: 'org_globex', name: 'Globex' }];
    const bob = {
      email: 'bob@globex.example',
      idpId: 'idp_bob',
      organizationId: 'org_globex',
      directoryUserId: 'd_bob',
    };
    const local = { seed: { ...seed, organizations, directories, people: [...seed.people, bob] } };
    const { groups, workos } = await startDirectory({ requestsPerSecond: 1 }, local);
    workos.fail({ path: '/directory_users', status: 429, retryAfter: 3, body: '"Ratelimited"', times: 1 });
    const held = groups.groupsOf(ada);
    await vi.waitFor(() => expect(groups.stats().rateLimited).toBe(1));
    let adaIsServed = false;
    void held.then(() => (adaIsServed = true));
    expect(await groups.groupsOf({ organizationId: 'org_globex', idpId: 'idp_bob' })).toEqual([]);
    expect(adaIsServed).toBe(false);
    expect(await held).toEqual([engineering, security]);
  });

  test.each([
    ['the JSON string "Ratelimited"', { body: '"Ratelimited"' }, 900],
    ['Retry-After in seconds', { retryAfter: 2, body: '"Ratelimited"' }, 1_900],
    ['the body of the other endpoints', { body: { message: 'Too many requests.', code: 'rate_limit_exceeded' } }, 900],
  ])('is met by a 429 with %s: wait, and ask again', async (_name, fault, waited) => {
    const { groups, workos, requests } = await startDirectory();
    workos.fail({ path: '/directory_users', status: 429, contentType: 'application/json', times: 1, ...fault });
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    const [first, second] = requests().filter(({ path }) => path === '/directory_users');
    expect((second?.at.getTime() ?? 0) - (first?.at.getTime() ?? 0)).toBeGreaterThan(waited);
    expect(groups.stats()).toMatchObject({ rateLimited: 1, failed: 0 });
  });

  test('is kept by those too who waited for their turn when WorkOS said 429', async () => {
    const { groups, workos, requests } = await startDirectory({ requestsPerSecond: 1 });
    const fault = { path: '/directory_users', status: 429, contentType: 'application/json', body: '"Ratelimited"' };
    workos.fail({ ...fault, retryAfter: 3, times: 1 });
    const found = await Promise.all([groups.groupsOf(ada), groups.groupsOf(alan)]);
    expect(found).toEqual([[engineering, security], [engineering]]);
    const times = requests().flatMap(({ path, at }) => (path === '/directory_users' ? [at.getTime()] : []));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2_900);
  });

  test('and the limit of the key too, where another endpoint says 429', async () => {
    const { groups, workos } = await startDirectory();
    workos.fail({ path: '/directory_groups', status: 429, retryAfter: 0, times: 2 });
    expect(await groups.groupsOf(ada)).toEqual([engineering, security]);
    expect(groups.stats().rateLimited).toBe(2);
  });
});
