import { describe, expect, it } from 'vitest';
import { seed } from '../../examples/blog/local/seed.js';
import { BlogTest, crowd } from './support/blog-test.js';

describe('the people', () => {
  it('are shown a page at a time, never as a whole', async () => {
    const blog = await BlogTest.start({ seed: { ...seed, people: [...seed.people, ...crowd(45)] } });
    const browser = await blog.signIn('ada@acme.example');
    const seen: number[] = [];
    let path: string | undefined = '/team';
    while (path !== undefined) {
      const page = await browser.get(path);
      seen.push(page.text.match(/@acme\.example<\/span>/g)?.length ?? 0);
      path = /href="([^"]+)" rel="next"/.exec(page.text)?.[1];
    }
    expect(seen).toEqual([20, 20, 8]);
  });

  it('and the teams take two requests a page, however many they are', async () => {
    const blog = await BlogTest.start({ seed: { ...seed, people: [...seed.people, ...crowd(45)] } });
    const browser = await blog.signIn('ada@acme.example');
    const before = blog.workos.requests.length;
    await browser.get('/team');
    await browser.get('/team/groups');
    await browser.get('/team?team=directory_group_engineering');
    const asked = blog.workos.requests.slice(before).map(({ path }) => path);
    expect(asked.filter((path) => path !== '/audit_logs/events')).toEqual([
      '/directories',
      '/directory_users',
      '/directories',
      '/directory_groups',
      '/directory_groups/directory_group_engineering',
      '/directory_users',
    ]);
  });

  it('can be invited, except oneself, and once', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await browser.post('/team/directory_user_grace/invite');
    const { text } = await browser.get('/team');
    const rows = text.split(/<li[ >]/).slice(1);
    const rowOf = (name: string): string | undefined => rows.find((row) => row.includes(`<strong>${name}</strong>`));
    expect(rowOf('Ada Lovelace')).toContain('>You<');
    expect(rowOf('Grace Hopper')).toContain('>Invited<');
    expect(rowOf('Alan Turing')).toContain('aria-label="Invite Alan Turing"');
    expect(text.match(/<form[^>]*\/invite"/g)).toHaveLength(1);
  });

  it('have a 404 page for a cursor that is none', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    for (const path of ['/team?after=nonsense', '/team/groups?before=nonsense']) {
      expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
    }
  });

  it('are nobody in an organization without a directory', async () => {
    const organizations = [...seed.organizations, { id: 'org_small', name: 'Small', domains: ['small.example'] }];
    const people = [...seed.people, { email: 'sam@small.example', organizationId: 'org_small' }];
    const blog = await BlogTest.start({ seed: { ...seed, organizations, people } });
    const browser = await blog.signIn('sam@small.example');
    expect((await browser.get('/team')).text).toContain('Nobody to show.');
    expect((await browser.get('/team/groups')).text).toContain('No team to show.');
    const page = await browser.post('/team/invitations', { email: 'ada@acme.example' });
    expect([page.status, page.text]).toEqual([422, expect.stringContaining('The directory of Small has nobody')]);
  });
});

describe('the teams', () => {
  it('lead to their people', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('grace@acme.example');
    const { text } = await browser.get('/team/groups');
    const rows = text.split(/<li[ >]/).slice(1);
    expect(rows.find((row) => row.includes('>Engineering<'))).toContain('Your team');
    expect(rows.find((row) => row.includes('>Security<'))).not.toContain('Your team');
    const link = /href="([^"]+)"/.exec(rows.find((row) => row.includes('>Security<')) ?? '')?.[1] ?? '';
    const members = await browser.get(link);
    expect(members.text).toContain('In the team');
    expect(members.text.match(/@acme\.example<\/span>/g)).toEqual(['@acme.example</span>']);
    expect(members.text).toContain('ada@acme.example');
  });

  it('are shown a page at a time, and so are the people of one', async () => {
    const groups = Array.from({ length: 25 }, (_, index) => ({
      id: `directory_group_${index}`,
      name: `Group ${index}`,
    }));
    const people = crowd(25, ['directory_group_0']);
    const ada = { email: 'ada@acme.example', groups: ['directory_group_3'] };
    const blog = await BlogTest.start({ seed: { ...seed, groups, people: [ada, ...people] } });
    const browser = await blog.signIn('ada@acme.example');
    const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
    const nextOf = (text: string): string =>
      (/href="([^"]+)" rel="next"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');
    const first = await browser.get('/team/groups');
    const second = await browser.get(nextOf(first.text));
    expect([first, second].map(({ text }) => count(text, /href="\/team\?team=/g))).toEqual([20, 5]);
    const some = await browser.get('/team?team=directory_group_0');
    const rest = await browser.get(nextOf(some.text));
    expect([some, rest].map(({ text }) => count(text, /@acme\.example<\/span>/g))).toEqual([20, 5]);
  });

  it.each(['directory_group_nobody', '..%2Forganizations', 'directory_group_globex'])(
    'have a 404 page for the unknown or foreign %s',
    async (id) => {
      const blog = await BlogTest.start();
      blog.workos.addOrganization({ id: 'org_globex', name: 'Globex' });
      blog.workos.addDirectory({ id: 'directory_globex', organizationId: 'org_globex', name: 'Globex' });
      blog.workos.addGroup({ id: 'directory_group_globex', directoryId: 'directory_globex', name: 'Secret' });
      const browser = await blog.signIn('ada@acme.example');
      const page = await browser.get(`/team?team=${id}`);
      expect([page.status, page.text]).toEqual([404, expect.not.stringContaining('Secret')]);
    },
  );

  it('are one’s own while the directory is down', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('grace@acme.example');
    await blog.workos.stop();
    const page = await browser.get('/team/groups');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('These are your own teams')]);
    expect(page.text).toContain('Engineering');
    expect((await browser.get('/team?team=directory_group_engineering')).status).toBe(503);
  });
});

describe('inviting', () => {
  it('somebody twice is one event', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await browser.post('/team/directory_user_alan/invite');
    const page = await browser.post('/team/directory_user_alan/invite');
    expect(page.text).toContain('had been invited before');
    expect(await blog.actions()).toEqual(['user.login', 'user.invite']);
  });

  it.each(['directory_user_nobody', 'prof_ada', '..%2Forganizations', 'directory_user_bob'])(
    'the unknown or foreign %s is a 404 and no event',
    async (id) => {
      const blog = await BlogTest.start();
      blog.workos.addOrganization({ id: 'org_globex', name: 'Globex' });
      blog.workos.addDirectory({ id: 'directory_globex', organizationId: 'org_globex', name: 'Globex' });
      blog.workos.addPerson({
        email: 'bob@globex.example',
        organizationId: 'org_globex',
        directoryUserId: 'directory_user_bob',
      });
      const browser = await blog.signIn('ada@acme.example');
      expect((await browser.post(`/team/${id}/invite`)).status).toBe(404);
      expect(await blog.actions()).toEqual(['user.login']);
    },
  );

  it('somebody who has left the directory is a 404, although they had been seen', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await browser.get('/team');
    blog.workos.removePerson('alan@acme.example');
    expect((await browser.post('/team/directory_user_alan/invite')).status).toBe(404);
    await blog.workos.stop();
    expect((await browser.post('/team/directory_user_alan/invite')).status).toBe(503);
  });

  it('somebody never seen, while the directory is down, asks for patience and records nothing', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await blog.workos.stop();
    const page = await browser.post('/team/directory_user_alan/invite');
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('try again')]);
    await blog.workos.resume();
    expect(await blog.actions()).toEqual(['user.login']);
  });

  it('by e-mail is the same event', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    expect((await browser.get('/team/invitations')).text).toContain('Nobody has been invited yet.');
    const page = await browser.post('/team/invitations', { email: 'Grace@ACME.example' });
    expect([page.status, page.path]).toEqual([200, '/team/invitations']);
    expect(page.text).toContain('Grace Hopper is invited.');
    expect(page.text).toContain('<strong class="grow">grace@acme.example</strong>');
    const invite = (await blog.events()).find(({ action }) => action === 'user.invite');
    expect(invite?.targets).toContainEqual(
      expect.objectContaining({ id: 'directory_user_grace', name: 'Grace Hopper' }),
    );
    expect(invite?.metadata).toEqual({ invited_email: 'grace@acme.example' });
  });

  const refused: [string, string, string][] = [
    ['nobody of the directory', 'nobody@acme.example', 'The directory of Acme has nobody with this e-mail.'],
    ['no e-mail', 'grace', 'This is no e-mail address.'],
    ['nothing', '', 'This is no e-mail address.'],
    ['somebody twice', 'alan@acme.example', 'Alan Turing had been invited before.'],
  ];
  it.each(refused)('by e-mail %s says so at the field, and keeps what was typed', async (_name, email, words) => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await browser.post('/team/directory_user_alan/invite');
    const page = await browser.post('/team/invitations', { email });
    expect([page.status, page.text]).toEqual([422, expect.stringContaining(`id="email-error">${words}</p>`)]);
    expect(page.text).toContain(`value="${email}"`);
    expect(page.text).toContain('<title>Error: Invitations');
    expect(await blog.actions()).toEqual(['user.login', 'user.invite']);
  });

  it('by e-mail, while the directory is down, keeps what was typed', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await browser.get('/team/invitations');
    await blog.workos.stop();
    const page = await browser.post('/team/invitations', { email: 'grace@acme.example' });
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('The directory does not answer')]);
    expect(page.text).toContain('value="grace@acme.example"');
    await blog.workos.resume();
    expect(await blog.actions()).toEqual(['user.login']);
  });
});
