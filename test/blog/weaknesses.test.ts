import { AUDIT_OUTBOX, type AuditOutbox } from 'nestjs-workos-audit';
import type { LocalWorkOSFault, LocalWorkOSSeed } from 'nestjs-workos-audit/testing';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../examples/blog/config.js';
import { seed } from '../../examples/blog/local/seed.js';
import { BlogTest, crowd, quickDelivery, writePost } from './support/blog-test.js';

/** What the original tutorial gets wrong, one by one (WORKOS.md §6). */
describe('weaknesses of the original tutorial', () => {
  it('1: finds the groups of the oldest of 260 directory users, in three requests', async () => {
    const blog = await BlogTest.start({ seed: { ...seed, people: [...seed.people, ...crowd(257)] } });
    await blog.signIn('ada@acme.example');
    const asked = blog.workos.requests.filter(({ path }) => path.startsWith('/director'));
    expect(asked.map(({ path }) => path)).toEqual(['/directories', '/directory_users', '/directory_groups']);
    const [login] = await blog.events();
    expect(login?.targets.map(({ name }) => name)).toEqual(['Ada Lovelace', 'Engineering', 'Security']);
  });

  it('2: lets somebody in who is not provisioned', async () => {
    const blog = await BlogTest.start();
    blog.workos.addPerson({ email: 'new@acme.example', firstName: 'New', lastName: 'Here' });
    const browser = await blog.signIn('new@acme.example');
    expect((await browser.get('/posts')).text).toContain('no team');
    expect(blog.logs.find('warn', 'No directory of org_acme has the user')).toHaveLength(1);
    const [login] = await blog.events();
    expect(login?.targets.map(({ type, name }) => [type, name])).toEqual([['user', 'New Here']]);
  });

  const faults: [string, LocalWorkOSFault][] = [
    ['503', { status: 503 }],
    ['429', { status: 429, retryAfter: 0 }],
    ['an HTML page', { status: 502, body: '<html>Bad gateway</html>' }],
    ['a hang', { hang: true }],
    ['a reset', { reset: 'before' }],
  ];
  it.each(faults)('3 and 4: %s of WorkOS costs no request and no event', async (_name, fault) => {
    // A time limit that a request which waited for WorkOS could not hide behind.
    const blog = await BlogTest.start({ config: { delivery: { ...quickDelivery, timeoutMs: 10_000 } } });
    const browser = await blog.signIn('ada@acme.example');
    const postId = await writePost(browser);
    await blog.workos.waitForEvents(2);
    blog.workos.fail(fault);
    const started = Date.now();
    expect((await browser.post(`/posts/${postId}/delete`)).status).toBe(200);
    expect((await browser.post('/auth/logout')).path).toBe('/');
    expect(Date.now() - started).toBeLessThan(2_000);
    expect((await browser.get('/posts')).path).toBe('/');
    blog.workos.heal();
    const events = await blog.workos.waitForEvents(4);
    expect(
      events
        .map(({ action }) => action)
        .slice(2)
        .toSorted(),
    ).toEqual(['post.delete', 'user.logout']);
  });

  it('3 and 4: an event that WorkOS refuses is kept with the reason, and can be sent again', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await blog.workos.waitForEvents(1);
    blog.workos.fail({ status: 400 });
    expect((await browser.post('/auth/logout')).path).toBe('/');
    await blog.audit.flush();
    expect(await blog.audit.stats()).toMatchObject({ buried: 1, pending: 0 });
    expect(blog.logs.find('error', 'user.logout')).not.toEqual([]);
    blog.workos.heal();
    await blog.app.get<AuditOutbox>(AUDIT_OUTBOX).redrive();
    expect((await blog.workos.waitForEvents(2))[1]?.action).toBe('user.logout');
  });

  it('5: a delete that fails records nothing', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const postId = await writePost(browser);
    expect((await browser.post('/posts/no-such-post/delete')).status).toBe(404);
    expect((await browser.post(`/posts/${postId}/delete`)).status).toBe(200);
    expect((await browser.post(`/posts/${postId}/delete`)).status).toBe(404);
    expect((await blog.actions()).filter((action) => action === 'post.delete')).toHaveLength(1);
  });

  it('6: somebody in no group is no special case, and no fake team is in the trail', async () => {
    const blog = await BlogTest.start();
    await blog.signIn('alan@acme.example');
    const [login] = await blog.events();
    expect(login?.targets.map(({ type }) => type)).toEqual(['user']);
    expect(blog.workos.refused).toEqual([]);
  });

  it('7: two customers have a trail each, and see only their own posts', async () => {
    const blog = await BlogTest.start({ seed: withSecondCustomer });
    const ada = await blog.signIn('ada@acme.example');
    const bob = await blog.signIn('bob@globex.example');
    const postId = await writePost(ada, 'Of Acme');
    expect((await bob.get('/posts')).text).not.toContain('Of Acme');
    expect((await bob.post(`/posts/${postId}/delete`)).status).toBe(404);
    expect((await ada.get('/posts')).text).toContain('Of Acme');
    await writePost(bob, 'Of Globex');
    const trail = (await blog.events()).map(({ organizationId, action, actor }) => [
      organizationId,
      action,
      actor.name,
    ]);
    expect(trail.toSorted((a, b) => a.join().localeCompare(b.join()))).toEqual([
      ['org_acme', 'post.create', 'Ada Lovelace'],
      ['org_acme', 'user.login', 'Ada Lovelace'],
      ['org_globex', 'post.create', 'Bob Globex'],
      ['org_globex', 'user.login', 'Bob Globex'],
    ]);
  });

  it('8: a forged X-Forwarded-For is not believed', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await browser.post('/auth/logout', {}, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    const locations = (await blog.events()).map(({ context }) => context.location);
    expect(locations).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  it('8: behind a trusted proxy the address is the one that the proxy saw', async () => {
    const blog = await BlogTest.start({ config: { trustProxy: 1 } });
    const browser = await blog.signIn('ada@acme.example');
    await browser.post('/auth/logout', {}, { headers: { 'x-forwarded-for': '198.51.100.7, 203.0.113.9' } });
    const logout = (await blog.events()).find(({ action }) => action === 'user.logout');
    expect(logout?.context.location).toBe('203.0.113.9');
  });

  it('9: actor and invited person have names, and can be told apart', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await browser.post('/team/directory_user_alan/invite');
    const invite = (await blog.events()).find(({ action }) => action === 'user.invite');
    expect(invite?.actor).toMatchObject({ id: 'prof_ada', name: 'Ada Lovelace' });
    expect(invite?.targets.filter(({ type }) => type === 'user').map(({ id, name }) => [id, name])).toEqual([
      ['prof_ada', 'Ada Lovelace'],
      ['directory_user_alan', 'Alan Turing'],
    ]);
    expect(invite?.metadata).toEqual({ invited_email: 'alan@acme.example' });
  });

  it('11: nothing changes by GET', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const postId = await writePost(browser, 'Stays');
    const paths = [`/posts/${postId}/delete`, '/team/directory_user_alan/invite', '/auth/logout'];
    for (const path of paths) expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
    await browser.get('/posts?title=a&body=b');
    expect((await browser.get('/posts')).text).toContain('Stays');
    expect(await blog.actions()).toEqual(['user.login', 'post.create']);
  });

  it.each([
    ['without a CSRF token', ''],
    ['with a wrong CSRF token', 'x'.repeat(43)],
  ])('11: a POST %s changes and records nothing', async (_name, token) => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const postId = await writePost(browser, 'Stays');
    browser.csrfToken = token;
    const paths = ['/posts', `/posts/${postId}/delete`, '/team/directory_user_alan/invite', '/auth/logout'];
    for (const path of paths) {
      const page = await browser.post(path, { title: 'Forged', body: 'Forged' });
      expect([path, page.status, page.text]).toEqual([path, 403, expect.stringContaining('out of date')]);
      browser.csrfToken = token;
    }
    const page = await browser.get('/posts');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Stays')]);
    expect(page.text).not.toContain('Forged');
    expect(await blog.actions()).toEqual(['user.login', 'post.create']);
  });

  it('12: every event says which version of its schema it follows', async () => {
    const blog = await BlogTest.start();
    await blog.signIn('ada@acme.example');
    await blog.signIn('alan@acme.example');
    await blog.events();
    const sent = blog.workos.requests.filter(({ path }) => path === '/audit_logs/events');
    expect(sent.map(({ body }) => (body as { event: { version?: number } }).event.version)).toEqual([1, 2]);
  });

  it('12: groups are read again at the next login', async () => {
    const blog = await BlogTest.start();
    await blog.signIn('ada@acme.example');
    blog.workos.updatePerson('ada@acme.example', { groups: ['directory_group_security'] });
    const browser = await blog.signIn('ada@acme.example');
    expect((await browser.get('/posts')).text).not.toContain('Engineering');
    const teams = (await blog.events()).map(({ targets }) =>
      targets.flatMap(({ type, name }) => (type === 'team' ? name : [])),
    );
    expect(teams).toEqual([['Engineering', 'Security'], ['Security']]);
  });

  it('13: runs without credentials', async () => {
    expect(readConfig({}).mode).toBe('local');
    const blog = await BlogTest.start();
    expect((await blog.browser().get('/')).text).toContain(blog.workos.url);
  });
});

const withSecondCustomer: LocalWorkOSSeed = {
  ...seed,
  organizations: [...seed.organizations, { id: 'org_globex', name: 'Globex', domains: ['globex.example'] }],
  directories: [...seed.directories, { id: 'directory_globex', organizationId: 'org_globex', name: 'Globex' }],
  people: [
    ...seed.people,
    {
      email: 'bob@globex.example',
      firstName: 'Bob',
      lastName: 'Globex',
      organizationId: 'org_globex',
      directoryUserId: 'directory_user_bob',
    },
  ],
};
