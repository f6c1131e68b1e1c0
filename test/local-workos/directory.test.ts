import { describe, expect, it } from 'vitest';
import type { LocalWorkOSOptions, LocalWorkOSSeed } from '../../src/testing/index.js';
import { sdk, send, start } from './support.js';

const seed: LocalWorkOSSeed = {
  organizations: [
    { id: 'org_1', name: 'Acme' },
    { id: 'org_2', name: 'Globex' },
  ],
  directories: [
    { id: 'directory_1', organizationId: 'org_1', name: 'Acme Okta', type: 'okta scim v2.0' },
    { id: 'directory_2', organizationId: 'org_2', name: 'Globex Entra' },
  ],
  groups: [
    { id: 'directory_group_eng', directoryId: 'directory_1', name: 'Engineering' },
    { id: 'directory_group_ops', directoryId: 'directory_1', name: 'Ops', idpId: 'idp-ops' },
    { id: 'directory_group_far', directoryId: 'directory_2', name: 'Far' },
  ],
  people: [
    {
      email: 'ada@acme.example',
      firstName: 'Ada',
      lastName: 'Lovelace',
      organizationId: 'org_1',
      idpId: 'idp-ada',
      directoryUserId: 'directory_user_ada',
      groups: ['directory_group_eng', 'directory_group_ops'],
      role: 'admin',
    },
    {
      email: 'bob@acme.example',
      organizationId: 'org_1',
      idpId: 'idp-bob',
      directoryId: 'directory_1',
      state: 'suspended',
    },
    { email: 'sso-only@acme.example', organizationId: 'org_1', idpId: 'idp-sso' },
    { email: 'eve@globex.example', organizationId: 'org_2', idpId: 'idp-ada', groups: ['directory_group_far'] },
  ],
};
const seeded = (options: LocalWorkOSOptions = {}) => start({ seed, ...options });

describe('directories', () => {
  it('are listed by organization and by name, and read one by one', async () => {
    const client = sdk(await seeded());

    const { data } = await client.directorySync.listDirectories({ organizationId: 'org_1' });
    expect(data).toMatchObject([{ id: 'directory_1', name: 'Acme Okta', organizationId: 'org_1', state: 'active' }]);
    expect((await client.directorySync.listDirectories()).data).toHaveLength(2);
    expect((await client.directorySync.listDirectories({ search: 'entra' })).data).toMatchObject([
      { id: 'directory_2' },
    ]);
    expect(await client.directorySync.getDirectory('directory_1')).toEqual(data[0]);
    await expect(client.directorySync.getDirectory('directory_x')).rejects.toMatchObject({
      status: 404,
      message: "Directory not found: 'directory_x'.",
    });
  });
});

describe('directory users', () => {
  it('are those of a directory: whoever is in none can sign in but is not listed', async () => {
    const client = sdk(await seeded());

    const { data } = await client.directorySync.listUsers({ directory: 'directory_1' });

    expect(data.map(({ email }) => email)).toEqual(['bob@acme.example', 'ada@acme.example']);
    expect(data[0]?.state).toBe('suspended');
  });

  it('are read one by one, without groups as in a new team', async () => {
    const client = sdk(await seeded());

    expect(await client.directorySync.getUser('directory_user_ada')).toMatchObject({
      id: 'directory_user_ada',
      directoryId: 'directory_1',
      organizationId: 'org_1',
      idpId: 'idp-ada',
      email: 'ada@acme.example',
      firstName: 'Ada',
      lastName: 'Lovelace',
      state: 'active',
      role: { slug: 'admin' },
      rawAttributes: {},
      groups: [],
    });
  });

  it('have groups in a team of before May 2026', async () => {
    const client = sdk(await seeded({ legacyGroups: true }));

    const { groups } = await client.directorySync.getUser('directory_user_ada');

    expect(groups.map(({ id }) => id)).toEqual(['directory_group_eng', 'directory_group_ops']);
  });

  it.each<[string, string[]]>([
    ['directory=directory_1&idp_id=idp-ada', ['ada@acme.example']],
    ['directory=directory_2&idp_id=idp-ada', ['eve@globex.example']],
    ['directory=directory_1&email=ADA@acme.example', ['ada@acme.example']],
    ['directory=directory_1&idp_id=nobody', []],
    ['directory=directory_1&idp_id=idp-sso', []],
    ['group=directory_group_ops', ['ada@acme.example']],
    ['directory=directory_2&group=directory_group_ops', []],
    ['', ['eve@globex.example', 'bob@acme.example', 'ada@acme.example']],
  ])('?%s', async (query, emails) => {
    const workos = await seeded();

    const { json } = await send(workos, 'GET', `/directory_users?${query}`);

    expect((json as { data: { email: string }[] }).data.map(({ email }) => email)).toEqual(emails);
  });

  it.each([
    ['idp_id=idp-ada', 422],
    ['email=ada@acme.example', 422],
    ['group=directory_group_ops&email=ada@acme.example', 422],
    ['directory=directory_x', 404],
    ['group=directory_group_x', 404],
  ])('?%s is a %i', async (query, status) => {
    expect((await send(await seeded(), 'GET', `/directory_users?${query}`)).status).toBe(status);
  });

  it('that are none are a 404, those who only sign in too', async () => {
    const workos = await seeded();
    const person = workos.addPerson({ email: 'x@acme.example' });

    expect((await send(workos, 'GET', '/directory_users/directory_user_x')).json).toEqual({
      message: "Directory User not found: 'directory_user_x'.",
    });
    expect((await send(workos, 'GET', `/directory_users/${person.id}`)).status).toBe(404);
  });

  it('are limited per directory, with the JSON string that WorkOS answers', async () => {
    const workos = await seeded({ directoryUsersPerSecond: 1 });

    const answers = [
      await send(workos, 'GET', '/directory_users?directory=directory_1'),
      await send(workos, 'GET', '/directory_users?directory=directory_1'),
      await send(workos, 'GET', '/directory_users?directory=directory_2'),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 429, 200]);
    expect(answers[1]?.json).toBe('Ratelimited');
  });
});

describe('directory groups', () => {
  it('are listed by user and by directory', async () => {
    const client = sdk(await seeded());
    const names = async (options: { user?: string; directory?: string }) =>
      (await client.directorySync.listGroups(options)).data.map(({ name }) => name);

    expect(await names({ user: 'directory_user_ada' })).toEqual(['Ops', 'Engineering']);
    expect(await names({ directory: 'directory_2' })).toEqual(['Far']);
    expect(await names({ directory: 'directory_2', user: 'directory_user_ada' })).toEqual([]);
    expect(await names({})).toHaveLength(3);
  });

  it('are read one by one; Okta gives the name for an id', async () => {
    const client = sdk(await seeded());

    expect(await client.directorySync.getGroup('directory_group_eng')).toMatchObject({
      id: 'directory_group_eng',
      name: 'Engineering',
      idpId: 'Engineering',
      directoryId: 'directory_1',
      organizationId: 'org_1',
    });
    expect((await client.directorySync.getGroup('directory_group_ops')).idpId).toBe('idp-ops');
  });

  it.each(['/directory_groups/x', '/directory_groups?directory=x', '/directory_groups?user=x'])(
    '%s is a 404',
    async (path) => {
      expect((await send(await seeded(), 'GET', path)).status).toBe(404);
    },
  );
});

describe('people', () => {
  it('can be added, changed and removed while it runs', async () => {
    const workos = await seeded();
    const client = sdk(workos);
    const { id } = workos.addGroup({ directoryId: 'directory_1', name: 'New' });

    workos.updatePerson('ada@acme.example', { groups: [id] });
    const ada = await client.directorySync.getUser('directory_user_ada');
    const groups = await client.directorySync.listGroups({ user: ada.id });
    workos.removePerson('bob@acme.example');

    expect(ada).toMatchObject({ firstName: 'Ada', idpId: 'idp-ada' });
    expect(groups.data.map(({ name }) => name)).toEqual(['New']);
    expect((await client.directorySync.listUsers({ directory: 'directory_1' })).data).toHaveLength(1);
    expect(() => workos.updatePerson('nobody@acme.example', {})).toThrow(
      "nobody with the e-mail 'nobody@acme.example'",
    );
  });

  it('who only sign in stay so when they change, until a directory knows them', async () => {
    const workos = await seeded();
    const client = sdk(workos);
    const count = async () => (await client.directorySync.listUsers({ directory: 'directory_1' })).data.length;

    workos.updatePerson('sso-only@acme.example', { firstName: 'Sol' });
    expect(await count()).toBe(2);
    workos.updatePerson('sso-only@acme.example', { directoryId: 'directory_1' });
    expect(await count()).toBe(3);
  });
});
