import { describe, expect, it } from 'vitest';
import { seed } from '../../examples/blog/local/seed.js';
import { BlogTest } from './support/blog-test.js';
import { BLOG_ORIGIN, location, type Page } from './support/browser.js';

/** Status and heading of an error page, which must be whole and show nothing of the inside. */
function errorOf({ status, text }: Page): [number, string | undefined] {
  if (!text.startsWith('<!doctype html>') || /Exception|node_modules|at async/.test(text)) throw new Error(text);
  return [status, /<h1>(.*)<\/h1>/.exec(text)?.[1]];
}

describe('signing in', () => {
  it('sends the browser to the organization of the e-mail, with state and PKCE', async () => {
    const blog = await BlogTest.start();
    const page = await blog.browser().get('/auth/login?email=Ada%40ACME.example', { follow: false });
    const { searchParams } = new URL(location(page));
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: blog.workos.clientId,
      organization: 'org_acme',
      redirect_uri: `${BLOG_ORIGIN}/auth/callback`,
      code_challenge_method: 'S256',
      login_hint: 'Ada@ACME.example',
    });
    expect(searchParams.get('state')?.length).toBeGreaterThan(30);
  });

  it('makes the redirect URI from the configuration, never from the Host header', async () => {
    const blog = await BlogTest.start();
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    const page = await blog.browser().get('/auth/login?email=ada%40acme.example', { follow: false, headers });
    expect(location(page)).not.toContain('evil');
  });

  it.each(['nobody@nowhere.example', 'no-at-sign', '', 'a@acme.example,b@nowhere.example'])(
    'asks again when no organization has the e-mail %j',
    async (email) => {
      const blog = await BlogTest.start();
      const page = await blog.browser().get(`/auth/login?email=${encodeURIComponent(email)}`);
      expect([page.status, page.text]).toEqual([422, expect.stringContaining('No organization signs in')]);
    },
  );

  it('refuses a callback with another state, and lets the real one through after it', async () => {
    const blog = await BlogTest.start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    const code = callback.searchParams.get('code');
    for (const query of [`code=${code}&state=forged`, `code=${code}`, '']) {
      expect(errorOf(await browser.get(`/auth/callback?${query}`))).toEqual([400, 'This sign-in cannot be continued']);
    }
    expect((await browser.get(callback.pathname + callback.search)).path).toBe('/dashboard');
    expect(await blog.actions()).toEqual(['user.login']);
  });

  it('refuses a callback in a browser that started no sign-in', async () => {
    const blog = await BlogTest.start();
    const callback = await blog.browser().authorize('ada@acme.example');
    const page = await blog.browser().get(callback.pathname + callback.search);
    expect(errorOf(page)).toEqual([400, 'This sign-in cannot be continued']);
    expect(await blog.actions()).toEqual([]);
  });

  it('takes a callback once', async () => {
    const blog = await BlogTest.start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    await browser.get(callback.pathname + callback.search);
    expect(errorOf(await browser.get(callback.pathname + callback.search))).toEqual([
      400,
      'This sign-in cannot be continued',
    ]);
    expect(await blog.actions()).toEqual(['user.login']);
  });

  it('refuses a code that is used, or that another sign-in was given', async () => {
    const blog = await BlogTest.start();
    const stolen = await blog.browser().authorize('ada@acme.example');
    const browser = blog.browser();
    const own = await browser.authorize('alan@acme.example');
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(errorOf(await browser.get(own.pathname + own.search))).toEqual([
      400,
      'This sign-in has been used or is too old',
    ]);
    expect(await blog.actions()).toEqual([]);
  });

  it('says so when the identity provider refuses', async () => {
    const blog = await BlogTest.start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    const state = callback.searchParams.get('state');
    const denied = `error=access_denied&error_description=${encodeURIComponent('<b>no</b>')}&state=${state}`;
    const page = await browser.get(`/auth/callback?${denied}`);
    expect(errorOf(page)).toEqual([403, 'You were not signed in']);
    expect(page.text).not.toContain('<b>no');
  });

  it.each([
    ['is down', { status: 503 }],
    ['refuses the client', { status: 400, body: { error: 'invalid_client', error_description: 'no' } }],
    ['resets', { reset: 'before' }],
  ] as const)('asks for patience when WorkOS %s at the callback', async (_name, fault) => {
    const blog = await BlogTest.start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    blog.workos.fail({ ...fault, path: '/sso/token' });
    expect(errorOf(await browser.get(callback.pathname + callback.search))).toEqual([
      503,
      'Signing in is not possible right now',
    ]);
    expect(blog.logs.find('error', 'WorkOS could not be asked')).toHaveLength(1);
    expect(browser.cookies.has('blog_session')).toBe(false);
    expect(await blog.actions()).toEqual([]);
  });

  it('asks for patience when WorkOS is down at the start', async () => {
    const blog = await BlogTest.start();
    await blog.workos.stop();
    expect(errorOf(await blog.browser().get('/auth/login?email=ada%40acme.example'))).toEqual([
      503,
      'Signing in is not possible right now',
    ]);
  });

  it('does not let in somebody without an organization', async () => {
    const blog = await BlogTest.start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    const profile = { object: 'profile', id: 'prof_1', idp_id: 'i', email: 'a@b.example', organization_id: null };
    blog.workos.fail({ path: '/sso/token', status: 200, body: { access_token: 't', profile } });
    expect(errorOf(await browser.get(callback.pathname + callback.search))).toEqual([403, 'You cannot sign in here']);
  });

  it('is not possible with a verified domain that is still pending', async () => {
    const blog = await BlogTest.start();
    const body = {
      object: 'list',
      data: [{ id: 'org_evil', domains: [{ domain: 'acme.example', state: 'pending' }] }],
    };
    blog.workos.fail({ path: '/organizations', status: 200, body: { ...body, list_metadata: {} } });
    expect((await blog.browser().get('/auth/login?email=ada%40acme.example')).status).toBe(422);
  });
});

describe('groups at login', () => {
  it('are found by e-mail where the ids of SSO and directory differ', async () => {
    const blog = await BlogTest.start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    blog.workos.updatePerson('ada@acme.example', { idpId: 'of-the-directory', email: 'Ada@Acme.Example' });
    const profile = {
      id: 'prof_ada',
      idp_id: 'of-sso',
      email: 'ada@acme.example',
      name: 'Ada',
      organization_id: 'org_acme',
    };
    blog.workos.fail({ path: '/sso/token', status: 200, body: { access_token: 't', profile } });
    const page = await browser.get(callback.pathname + callback.search);
    expect(page.text).toContain('Engineering, Security');
  });

  it('are all read, beyond the first page, and all in the trail', async () => {
    const groups = Array.from({ length: 230 }, (_, index) => ({
      id: `directory_group_${index}`,
      name: `Group ${index}`,
    }));
    const people = [{ email: 'ada@acme.example', groups: groups.map(({ id }) => id) }];
    const blog = await BlogTest.start({ seed: { ...seed, groups, people } });
    const browser = await blog.signIn('ada@acme.example');
    await browser.post('/auth/logout');
    const teams = (await blog.events()).map(({ targets }) => targets.filter(({ type }) => type === 'team').length);
    expect(teams).toEqual([230, 230]);
    expect(blog.workos.refused).toEqual([]);
    expect(Math.max(...browser.setCookies.map((line) => line.length))).toBeLessThan(4_096);
  });

  it.each([
    ['fails', { status: 500 }],
    ['is rate limited', { status: 429, body: '"Ratelimited"', contentType: 'application/json' }],
    ['hangs', { hang: true }],
    ['is slow', { delayMs: 3_000 }],
  ] as const)('are those of the profile, if any, when Directory Sync %s', async (_name, fault) => {
    const blog = await BlogTest.start({ config: { directoryTimeoutMs: 200 } });
    blog.workos.updatePerson('ada@acme.example', { profileGroups: ['From the IdP'] });
    blog.workos.fail({ ...fault, path: /^\/directory_users/ });
    const started = Date.now();
    await blog.signIn('ada@acme.example');
    await blog.signIn('alan@acme.example');
    expect(Date.now() - started).toBeLessThan(2_000);
    // Each reason once, whomever it hits.
    const reasons = blog.logs.find('warn', 'Groups could not be read from Directory Sync');
    expect(reasons).not.toEqual([]);
    expect(new Set(reasons).size).toBe(reasons.length);
    const targets = (await blog.events()).map((event) => event.targets.map(({ type, id }) => [type, id]));
    expect(targets).toEqual([
      [
        ['user', 'prof_ada'],
        ['team', 'From the IdP'],
      ],
      [['user', 'prof_alan']],
    ]);
  });
});

describe('the session cookie', () => {
  it('is encrypted, out of reach of scripts, and of bounded life', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const line = browser.setCookies.find((cookie) => cookie.startsWith('blog_session='));
    expect(line).toMatch(/; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    // Long enough not to turn up in the cipher text by chance, also in base64.
    const cookie = decodeURIComponent(line ?? '');
    for (const secret of ['ada@acme.example', Buffer.from('ada@acme.example').toString('base64').slice(1, -4)]) {
      expect(cookie).not.toContain(secret);
    }
  });

  it('is sent over https only where the blog is served over https', async () => {
    const blog = await BlogTest.start({ config: { baseUrl: new URL('https://blog.localhost') } });
    const page = await blog.browser().get('/auth/login?email=ada%40acme.example', { follow: false });
    expect(page.headers.getSetCookie()[0]).toMatch(/^__Host-blog_sign_in=.*; Secure;/);
    expect(page.headers.get('strict-transport-security')).not.toBeNull();
  });

  it('is not believed when it was changed, or is a cookie of another kind', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const session = browser.cookies.get('blog_session') ?? '';
    browser.cookies.set('blog_session', session.replace(/.{8}~2$/, 'AAAAAAAA~2'));
    expect((await browser.get('/posts')).path).toBe('/');
    browser.cookies.delete('blog_session');
    browser.cookies.set('blog_sign_in', session);
    expect((await browser.get('/auth/callback?code=x&state=y')).status).toBe(400);
  });

  it('is gone after logout', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    const page = await browser.post('/auth/logout');
    expect(page.text).toContain('You are logged out.');
    expect(browser.cookies.has('blog_session')).toBe(false);
    expect((await browser.post('/posts', { title: 'a', body: 'b' })).status).toBe(401);
  });
});
