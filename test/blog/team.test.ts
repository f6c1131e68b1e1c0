import { describe, expect, it } from 'vitest';
import { seed } from '../../examples/blog/local/seed.js';
import { BlogTest, crowd } from './support/blog-test.js';

describe('the team', () => {
  it('is shown a page at a time, never as a whole', async () => {
    const blog = await BlogTest.start({ seed: { ...seed, people: [...seed.people, ...crowd(45)] } });
    const browser = await blog.signIn('ada@acme.example');
    const seen: number[] = [];
    let path: string | undefined = '/team';
    while (path !== undefined) {
      const page = await browser.get(path);
      seen.push(page.text.match(/\/invite"/g)?.length ?? 0);
      path = /href="([^"]+)" rel="next"/.exec(page.text)?.[1];
    }
    expect(seen).toEqual([20, 20, 8]);
    expect((await browser.get('/team')).text).toContain('Teams: Security, Engineering');
  });

  it('has a 404 page for a cursor that is none', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    expect((await browser.get('/team?after=nonsense')).status).toBe(404);
  });

  it('is empty in an organization without a directory', async () => {
    const organizations = [...seed.organizations, { id: 'org_small', name: 'Small', domains: ['small.example'] }];
    const people = [...seed.people, { email: 'sam@small.example', organizationId: 'org_small' }];
    const blog = await BlogTest.start({ seed: { ...seed, organizations, people } });
    const browser = await blog.signIn('sam@small.example');
    expect((await browser.get('/team')).text).toContain('Nobody to show.');
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
});
