import type { StoredEvent } from 'nestjs-workos-audit/testing';
import { describe, expect, it } from 'vitest';
import { BlogTest, writePost } from './support/blog-test.js';

const invite = '/team/directory_user_grace/invite';

/** Log in, write, delete, invite, log out. */
async function liveThrough(blog: BlogTest, email: string): Promise<string> {
  const browser = await blog.signIn(email);
  const postId = await writePost(browser, 'Hello', 'World');
  expect((await browser.post(`/posts/${postId}/delete`)).status).toBe(200);
  await browser.get('/team');
  expect((await browser.post(invite)).text).toContain('Grace Hopper is invited.');
  expect((await browser.post('/auth/logout')).path).toBe('/');
  return postId;
}

/** What a story must leave behind, apart from ids and times that are made up on the way. */
function expected(postId: string, actor: { id: string; name: string }, teams: { id: string; name: string }[]) {
  const me = { type: 'user', ...actor, metadata: {} };
  const ours = teams.map((team) => ({ type: 'team', ...team, metadata: {} }));
  const version = teams.length > 0 ? 1 : 2;
  const common = {
    organizationId: 'org_acme',
    version,
    actor: me,
    context: { location: '127.0.0.1', userAgent: 'TestBrowser/1.0' },
  };
  const grace = { type: 'user', id: 'directory_user_grace', name: 'Grace Hopper', metadata: {} };
  const post = { type: 'post', id: postId, metadata: {} };
  return [
    { ...common, action: 'user.login', targets: [me, ...ours], metadata: {} },
    { ...common, action: 'post.create', targets: [me, ...ours, { ...post, name: 'Hello' }], metadata: {} },
    { ...common, action: 'post.delete', targets: [me, ...ours, post], metadata: { title: 'Hello' } },
    {
      ...common,
      action: 'user.invite',
      targets: [me, ...ours, grace],
      metadata: { invited_email: 'grace@acme.example' },
    },
    { ...common, action: 'user.logout', targets: [me, ...ours], metadata: {} },
  ];
}

/** In the order in which things happened; delivery may be in another. */
function comparable(events: readonly StoredEvent[]): unknown[] {
  return events
    .toSorted((a, b) => a.occurredAt.localeCompare(b.occurredAt))
    .map(({ id: _id, receivedAt: _receivedAt, occurredAt: _occurredAt, idempotencyKey: _key, ...event }) => event);
}

const ada = { id: 'prof_ada', name: 'Ada Lovelace' };
const adasTeams = [
  { id: 'directory_group_engineering', name: 'Engineering' },
  { id: 'directory_group_security', name: 'Security' },
];

describe('the story of the tutorial', () => {
  it('leaves five events of a person in two groups', async () => {
    const blog = await BlogTest.start();
    const postId = await liveThrough(blog, 'ada@acme.example');
    expect(comparable(await blog.events())).toEqual(expected(postId, ada, adasTeams));
    expect(blog.workos.refused).toEqual([]);
    expect(blog.logs.find('error', '')).toEqual([]);
  });

  it('leaves five events of a person in no group', async () => {
    const blog = await BlogTest.start();
    const postId = await liveThrough(blog, 'alan@acme.example');
    expect(comparable(await blog.events())).toEqual(expected(postId, { id: 'prof_alan', name: 'Alan Turing' }, []));
    expect(blog.workos.refused).toEqual([]);
    expect(blog.logs.find('warn', '')).toEqual([]);
  });

  it('goes on while WorkOS is unplugged, and loses no event', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await browser.get('/team');
    await blog.workos.stop();
    const postId = await writePost(browser, 'Hello', 'World');
    expect((await browser.post(`/posts/${postId}/delete`)).status).toBe(200);
    const team = await browser.get('/team');
    expect([team.status, team.text]).toEqual([200, expect.stringContaining('as they were last seen')]);
    expect((await browser.post(invite)).text).toContain('Grace Hopper is invited.');
    const home = await browser.post('/auth/logout');
    expect([home.status, home.path]).toEqual([200, '/']);
    const { pending, leased } = await blog.audit.stats();
    expect(pending + leased).toBeGreaterThanOrEqual(4);
    await blog.workos.resume();
    expect(comparable(await blog.workos.waitForEvents(5))).toEqual(expected(postId, ada, adasTeams));
    expect(blog.workos.refused).toEqual([]);
  });

  it('keeps names and titles of any language', async () => {
    const blog = await BlogTest.start();
    blog.workos.addPerson({ email: 'yuki@acme.example', firstName: '雪', lastName: '山田', groups: [] });
    const browser = await blog.signIn('yuki@acme.example');
    await writePost(browser, 'Grüße, 世界 🎉');
    const created = (await blog.events()).find(({ action }) => action === 'post.create');
    expect(created?.actor.name).toBe('雪 山田');
    expect(created?.targets).toContainEqual(expect.objectContaining({ type: 'post', name: 'Grüße, 世界 🎉' }));
  });
});
