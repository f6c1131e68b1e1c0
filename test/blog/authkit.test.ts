import { describe, expect, it } from 'vitest';
import { BlogTest, type BlogTestOptions, writePost } from './support/blog-test.js';
import { type Browser, location, type Page } from './support/browser.js';

function start({ config, ...options }: BlogTestOptions = {}): Promise<BlogTest> {
  return BlogTest.start({ ...options, config: { auth: 'authkit', ...config } });
}

/** As the browser does it: ends the session at WorkOS, and comes back. */
async function followRefresh(page: Page): Promise<string> {
  const url = /^0; url=(.+)$/.exec(page.headers.get('refresh') ?? '')?.[1];
  if (url === undefined) throw new Error(`${page.status} ${page.path} leads nowhere`);
  return location(await fetch(url, { redirect: 'manual' }));
}

function sealedOf(browser: Browser): string {
  return decodeURIComponent(browser.cookies.get('blog_authkit') ?? '');
}

const refreshes = (blog: BlogTest): number =>
  blog.workos.requests.filter(
    ({ path, body }) =>
      path === '/user_management/authenticate' && (body as { grant_type?: string }).grant_type === 'refresh_token',
  ).length;

describe('signing in with AuthKit', () => {
  it('leaves the story of the tutorial in the trail: log in, write, delete, invite, log out', async () => {
    const blog = await start();
    const browser = await blog.signIn('ada@acme.example');
    const postId = await writePost(browser, 'Hello', 'World');
    expect((await browser.post(`/posts/${postId}/delete`)).status).toBe(200);
    expect((await browser.post('/team/directory_user_grace/invite')).text).toContain('Grace Hopper is invited.');
    const end = await browser.post('/auth/logout');
    expect([end.status, end.text]).toEqual([200, expect.stringContaining('You are logged out of the blog')]);
    expect(await followRefresh(end)).toBe('http://blog.localhost/');
    expect(browser.cookies.has('blog_authkit')).toBe(false);
    expect((await browser.get('/posts')).path).toBe('/');

    const events = await blog.events();
    expect(events.map(({ action }) => action).toSorted()).toEqual([
      'post.create',
      'post.delete',
      'user.invite',
      'user.login',
      'user.logout',
    ]);
    for (const { actor, organizationId, targets, version } of events) {
      expect(actor).toEqual({ type: 'user', id: 'user_ada', name: 'Ada Lovelace', metadata: {} });
      expect([organizationId, version]).toEqual(['org_acme', 1]);
      expect(targets.flatMap(({ type, name }) => (type === 'team' ? name : []))).toEqual(['Engineering', 'Security']);
    }
    expect(blog.workos.refused).toEqual([]);
    expect(blog.logs.find('warn', '')).toEqual([]);
  });

  it('shows both in an impersonated session: the user, and who acts for them', async () => {
    const blog = await start({ impersonator: { email: 'eve@support.example', reason: 'Ticket 7' } });
    const browser = blog.browser();
    const callback = await browser.authorize('grace@acme.example', { impersonate: true });
    const page = await browser.get(callback.pathname + callback.search);
    expect(page.text).toContain('You act for them as eve@support.example');
    await writePost(browser);
    await browser.post('/auth/logout');
    const events = await blog.events();
    expect(events.map(({ action }) => action).toSorted()).toEqual(['post.create', 'user.login', 'user.logout']);
    const metadata = { impersonator_email: 'eve@support.example', impersonator_reason: 'Ticket 7' };
    for (const { actor } of events) {
      expect(actor).toEqual({ type: 'user', id: 'user_grace', name: 'Grace Hopper', metadata });
    }
    expect(blog.workos.refused).toEqual([]);
  });

  it('can begin at AuthKit, without an e-mail, as an impersonation from the Dashboard does', async () => {
    const blog = await start();
    const page = await blog.browser().get('/auth/login', { follow: false });
    const { searchParams, pathname } = new URL(location(page));
    expect([pathname, searchParams.get('provider'), searchParams.get('organization_id')]).toEqual([
      '/user_management/authorize',
      'authkit',
      null,
    ]);
  });

  it('refreshes a session whose access token is too old, once for all requests of a page', async () => {
    const blog = await start({ accessTokenSeconds: 0 });
    const browser = await blog.signIn('ada@acme.example');
    const before = sealedOf(browser);
    const [refreshed, cookie] = [refreshes(blog), browser.cookies.get('blog_authkit') ?? ''];
    blog.workos.fail({ path: '/user_management/authenticate', delayMs: 100 });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        fetch(`${blog.url}/posts`, { redirect: 'manual', headers: { cookie: `blog_authkit=${cookie}` } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(refreshes(blog) - refreshed).toBe(1);
    await browser.get('/posts');
    expect(sealedOf(browser)).not.toBe(before);
    await writePost(browser);
    expect(await followRefresh(await browser.post('/auth/logout'))).toBe('http://blog.localhost/');
    expect((await blog.actions()).toSorted()).toEqual(['post.create', 'user.login', 'user.logout']);
  });

  it('shows the impersonator after a refresh too', async () => {
    const blog = await start({ accessTokenSeconds: 0 });
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example', { impersonate: true });
    await browser.get(callback.pathname + callback.search);
    await writePost(browser);
    const created = (await blog.events()).find(({ action }) => action === 'post.create');
    expect(created?.actor.metadata).toMatchObject({ impersonator_email: 'support@workos.example' });
  });

  it('ends with the session at WorkOS, once the access token is too old', async () => {
    const blog = await start({ accessTokenSeconds: 0 });
    const browser = await blog.signIn('ada@acme.example');
    const copy = browser.cookies.get('blog_authkit') ?? '';
    await followRefresh(await browser.post('/auth/logout'));
    browser.cookies.set('blog_authkit', copy);
    expect((await browser.get('/posts')).path).toBe('/');
    expect(browser.cookies.has('blog_authkit')).toBe(false);
  });

  it.each([
    ['is down', { status: 503 }],
    ['is rate limited', { status: 429 }],
    ['resets', { reset: 'before' }],
  ] as const)('signs nobody out because WorkOS %s for a moment', async (_name, fault) => {
    const blog = await start({ accessTokenSeconds: 0 });
    const browser = await blog.signIn('ada@acme.example');
    const undo = blog.workos.fail({ path: '/user_management/authenticate', ...fault });
    expect((await browser.get('/posts')).status).toBe(503);
    expect((await browser.post('/posts', { title: 'a', body: 'b' })).status).toBe(503);
    undo();
    expect((await browser.get('/posts')).status).toBe(200);
    expect(await blog.actions()).toEqual(['user.login']);
  });

  it('is refreshed when WorkOS has changed its key', async () => {
    const blog = await start();
    const key = { alg: 'RS256', kty: 'RSA', use: 'sig', kid: 'another', n: 'AQAB', e: 'AQAB' };
    const undo = blog.workos.fail({ path: /^\/sso\/jwks/, status: 200, body: { keys: [key] } });
    const browser = await blog.signIn('ada@acme.example').catch((error: Error) => error.message);
    undo();
    // Even the new token has an unknown key, so WorkOS is asked for a newer one, and whoever that concerns is let in.
    expect(typeof browser).toBe('object');
    expect(refreshes(blog)).toBeGreaterThan(0);
  });

  it('is not possible while the keys of WorkOS cannot be read, and is again after that', async () => {
    const blog = await start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    const undo = blog.workos.fail({ path: /^\/sso\/jwks/, status: 503 });
    expect((await browser.get(callback.pathname + callback.search)).status).toBe(503);
    undo();
    expect((await browser.login('ada@acme.example')).status).toBe(200);
  });

  it('goes on without WorkOS while the access token is good', async () => {
    const blog = await start();
    const browser = await blog.signIn('ada@acme.example');
    await blog.workos.stop();
    await writePost(browser);
    const end = await browser.post('/auth/logout');
    expect(end.status).toBe(200);
    expect(browser.cookies.has('blog_authkit')).toBe(false);
    await blog.workos.resume();
    await blog.workos.waitForEvents(3);
  });

  it('refuses a forged state, a used code, another’s code, and a refusal of the provider', async () => {
    const blog = await start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    const code = callback.searchParams.get('code') ?? '';
    const state = callback.searchParams.get('state') ?? '';
    for (const query of [`code=${code}&state=forged`, `code=${code}`, '']) {
      expect((await browser.get(`/auth/callback?${query}`)).status).toBe(400);
    }
    expect((await browser.get(`/auth/callback?error=access_denied&state=${state}`)).status).toBe(403);
    const other = blog.browser();
    const own = await other.authorize('alan@acme.example');
    own.searchParams.set('code', code);
    expect((await other.get(own.pathname + own.search)).status).toBe(400);
    const unknown = await browser.get('/auth/login?email=nobody%40nowhere.example');
    expect([unknown.status, unknown.text]).toEqual([422, expect.stringContaining('No organization signs in')]);
    expect(await blog.actions()).toEqual([]);
  });

  it('does not let in somebody without an organization', async () => {
    const blog = await start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    const claims = Buffer.from(JSON.stringify({ sid: 'session_1', sub: 'user_1' })).toString('base64url');
    blog.workos.fail({
      path: '/user_management/authenticate',
      status: 200,
      body: { user: { object: 'user', id: 'user_1' }, access_token: `e30.${claims}.x`, refresh_token: 'x' },
    });
    expect((await browser.get(callback.pathname + callback.search)).status).toBe(403);
    expect(browser.cookies.has('blog_authkit')).toBe(false);
  });

  it('keeps the session in a cookie that fits, is sealed, and is out of reach of scripts', async () => {
    const blog = await start();
    const browser = await blog.signIn('ada@acme.example');
    const line = browser.setCookies.find((cookie) => cookie.startsWith('blog_authkit=')) ?? '';
    expect(line).toMatch(/; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(line.length).toBeLessThan(4_096);
    expect(line).not.toContain('ada@acme.example');
    const secure = await start({ config: { baseUrl: new URL('https://blog.localhost') } });
    const page = await secure.browser().get('/posts', { headers: { cookie: '__Host-blog_authkit=x' }, follow: false });
    expect(page.headers.getSetCookie()[0]).toMatch(/^__Host-blog_authkit=; .*Secure/);
  });

  it.each(['nonsense', 'Fe26.2*1*a*b*c*d*e*f~2', '%E0%A4%A', '', 'a=b; c'])(
    'is not fooled by the cookie %j',
    async (value) => {
      const blog = await start();
      const page = await blog.browser().get('/posts', { headers: { cookie: `blog_authkit=${value}` }, follow: false });
      expect([page.status, location(page)]).toEqual([303, '/']);
    },
  );

  it('wants the CSRF token of this very session', async () => {
    const blog = await start();
    const [ada, alan] = [await blog.signIn('ada@acme.example'), await blog.signIn('alan@acme.example')];
    await Promise.all([ada.get('/posts'), alan.get('/posts')]);
    expect(ada.csrfToken).not.toBe(alan.csrfToken);
    ada.csrfToken = alan.csrfToken;
    expect((await ada.post('/posts', { title: 'a', body: 'b' })).status).toBe(403);
    expect((await ada.get('/auth/logout')).status).toBe(404);
  });
});
