import { WorkOS } from '@workos-inc/node';
import { describe, expect, it, vi } from 'vitest';
import type { LocalWorkOS, LocalWorkOSSeed } from '../../src/testing/index.js';
import { read, sdk, send, start } from './support.js';

const REDIRECT = 'http://localhost:3000/auth/callback';
const seed: LocalWorkOSSeed = {
  organizations: [
    { id: 'org_1', name: 'Acme' },
    { id: 'org_2', name: 'Globex' },
  ],
  connections: [{ id: 'conn_1', organizationId: 'org_1', name: 'Acme Okta', type: 'OktaSAML' }],
  people: [
    {
      email: 'ada@acme.example',
      firstName: 'Ada',
      lastName: 'Lovelace',
      organizationId: 'org_1',
      idpId: 'idp-ada',
      profileId: 'prof_ada',
      profileGroups: ['Engineering'],
      role: 'admin',
    },
    { email: 'eve@globex.example', organizationId: 'org_2' },
  ],
};
const seeded = () => start({ seed });

function authorizeUrl(workos: LocalWorkOS, query: Record<string, string> = {}): string {
  const all = {
    client_id: workos.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    organization: 'org_1',
    ...query,
  };
  return `${workos.url}/sso/authorize?${new URLSearchParams(all).toString()}`;
}

async function page(url: string) {
  return read(await fetch(url, { redirect: 'manual' }));
}

/** Follows the first person's link on a login page; the answer is where it redirects to. */
async function choose(workos: LocalWorkOS, url: string): Promise<URL> {
  const { text } = await page(url);
  const [, link = ''] = /href="(\/sso\/authorize\/as[^"]+)"/.exec(text) ?? [];
  const { status, headers } = await page(workos.url + link.replaceAll('&amp;', '&'));
  expect(status).toBe(302);
  return new URL(headers.get('location') ?? '');
}

describe('signing in', () => {
  it('leads from the SDK’s URL over the login page to a code, and the code to the profile', async () => {
    const workos = await seeded();
    const client = sdk(workos);
    const url = client.sso.getAuthorizationUrl({
      clientId: workos.clientId,
      redirectUri: `${REDIRECT}?from=1`,
      organization: 'org_1',
      state: 'a&b=c',
    });

    const back = await choose(workos, url);
    const { accessToken, profile } = await client.sso.getProfileAndToken({
      code: back.searchParams.get('code') ?? '',
      clientId: workos.clientId,
    });

    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
    expect([back.searchParams.get('from'), back.searchParams.get('state')]).toEqual(['1', 'a&b=c']);
    expect(profile).toMatchObject({
      id: 'prof_ada',
      idpId: 'idp-ada',
      organizationId: 'org_1',
      connectionId: 'conn_1',
      connectionType: 'OktaSAML',
      email: 'ada@acme.example',
      firstName: 'Ada',
      lastName: 'Lovelace',
      role: { slug: 'admin' },
      groups: ['Engineering'],
    });
    expect(await client.sso.getProfile({ accessToken })).toEqual(profile);
  });

  it('works by connection and by provider; an organization without a connection gets one', async () => {
    const workos = await seeded();
    const client = sdk(workos);

    const byConnection = await choose(workos, authorizeUrl(workos, { organization: '', connection: 'conn_1' }));
    const eve = workos.authorizationCode('eve@globex.example');
    const profiles = await Promise.all(
      [byConnection.searchParams.get('code') ?? '', eve].map(
        async (code) => (await client.sso.getProfileAndToken({ code, clientId: workos.clientId })).profile,
      ),
    );

    expect(profiles.map(({ email }) => email)).toEqual(['ada@acme.example', 'eve@globex.example']);
    expect(profiles[1]).toMatchObject({ connectionId: expect.stringMatching(/^conn_/), connectionType: 'GenericSAML' });
    expect(profiles[1]?.groups).toBeUndefined();
    expect((await page(authorizeUrl(workos, { organization: '', provider: 'authkit' }))).text).toContain(
      'eve@globex.example',
    );
  });

  it.each(['with a secret', 'as a public client'])('with PKCE takes the right verifier, %s', async (way) => {
    const workos = await seeded();
    const client =
      way === 'with a secret' ? sdk(workos) : new WorkOS({ clientId: workos.clientId, ...workos.clientOptions });
    const ask = { clientId: workos.clientId, redirectUri: REDIRECT, organization: 'org_1' };
    const { url, codeVerifier, state } = await client.sso.getAuthorizationUrlWithPKCE(ask);

    const back = await choose(workos, url);
    const code = back.searchParams.get('code') ?? '';
    const { profile } = await client.sso.getProfileAndToken({ code, clientId: workos.clientId, codeVerifier });

    expect(back.searchParams.get('state')).toBe(state);
    expect(profile.email).toBe('ada@acme.example');
    expect(workos.requests.at(-1)?.body).toHaveProperty('code_verifier', codeVerifier);
  });
});

describe('the login page', () => {
  it('lists the people of the organization only, each as a link, the hinted one first', async () => {
    const workos = await seeded();
    workos.addPerson({ email: 'zoe@acme.example', organizationId: 'org_1' });

    const { status, text, headers } = await page(authorizeUrl(workos, { login_hint: 'zoe@acme.example' }));

    expect(status).toBe(200);
    expect(text.indexOf('zoe@acme.example')).toBeLessThan(text.indexOf('ada@acme.example'));
    expect(text).toContain('<strong>Ada Lovelace</strong>');
    expect(text).not.toContain('eve@globex.example');
    expect(text).toMatch(/<html lang="en">.*<title>[^<]+<\/title>.*<main.*<h1>/s);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('says so if there is nobody', async () => {
    const workos = await start();

    expect((await page(authorizeUrl(workos, { organization: 'org_local' }))).text).toContain('Nobody is seeded here');
  });

  it('escapes whatever it shows', async () => {
    const workos = await seeded();
    workos.addPerson({
      email: '"><script>alert(1)</script>',
      firstName: '<img src=x onerror=alert(1)>',
      organizationId: 'org_1',
    });

    const { text } = await page(
      authorizeUrl(workos, { state: '"><script>alert(2)</script>', login_hint: '<script>alert(3)' }),
    );

    expect(text).not.toMatch(/<script>alert|<img/);
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  it.each<[string, Record<string, string>, string]>([
    ['another client id', { client_id: 'client_x' }, 'client_id is &#39;client_x&#39;'],
    ['no response type', { response_type: 'token' }, 'response_type must be'],
    ['no redirect', { redirect_uri: '' }, 'redirects only to http or https on this machine'],
    ['a foreign redirect', { redirect_uri: 'https://evil.example/cb' }, 'on this machine'],
    ['a redirect that only looks local', { redirect_uri: 'http://localhost@evil.example/' }, 'on this machine'],
    ['another one', { redirect_uri: 'http://127.0.0.1.evil.example/' }, 'on this machine'],
    ['a script as redirect', { redirect_uri: 'javascript:alert(1)//localhost' }, 'on this machine'],
    ['a file as redirect', { redirect_uri: 'file://localhost/etc/passwd' }, 'on this machine'],
    ['no organization at all', { organization: '' }, 'One of organization, connection and provider'],
    ['an unknown organization', { organization: 'org_<b>' }, 'no organization &#39;org_&lt;b&gt;&#39;'],
    ['an unknown connection', { organization: '', connection: 'conn_x' }, 'no connection'],
    ['a plain challenge', { code_challenge: 'x', code_challenge_method: 'plain' }, 'must be S256'],
  ])('with %s is a 400 that says so, and so is choosing', async (_, query, message) => {
    const workos = await seeded();

    const shown = await page(authorizeUrl(workos, query));
    const chosen = await page(authorizeUrl(workos, query).replace('authorize?', 'authorize/as?person=x&'));

    expect([shown.status, chosen.status]).toEqual([400, 400]);
    expect(shown.text).toContain(message);
    expect([shown.headers.get('location'), chosen.headers.get('location')]).toEqual([null, null]);
  });

  it('lets nobody of another organization be chosen', async () => {
    const workos = await seeded();
    const { id } = workos.addPerson({ email: 'x@globex.example', organizationId: 'org_2' });
    const choice = (organization: string) =>
      page(authorizeUrl(workos, { organization, person: id }).replace('authorize?', 'authorize/as?'));

    expect([(await choice('org_1')).status, (await choice('org_2')).status]).toEqual([400, 302]);
  });

  it.each(['http://localhost:3000/cb', 'http://127.0.0.1/cb', 'http://[::1]:3000/cb', 'https://app.localhost/cb'])(
    'redirects to %s',
    async (redirect) => {
      const workos = await seeded();

      expect((await choose(workos, authorizeUrl(workos, { redirect_uri: redirect }))).href).toMatch(
        redirect.slice(0, 12),
      );
    },
  );
});

describe('the token endpoint', () => {
  const exchange = async (workos: LocalWorkOS, overrides: Record<string, string | undefined> = {}) => {
    const fields = {
      client_id: workos.clientId,
      client_secret: workos.apiKey,
      grant_type: 'authorization_code',
      code: workos.authorizationCode('ada@acme.example'),
      ...overrides,
    };
    const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return read(await fetch(`${workos.url}/sso/token`, { method: 'POST', body: new URLSearchParams(entries) }));
  };

  it.each<[string, Record<string, string | undefined>, string]>([
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no grant type', { grant_type: undefined }, 'unsupported_grant_type'],
    ['another client id', { client_id: 'client_x' }, 'invalid_client'],
    ['a wrong secret', { client_secret: 'sk_x' }, 'invalid_client'],
    ['no secret and no verifier', { client_secret: undefined }, 'invalid_client'],
    ['a wrong secret and a verifier', { client_secret: 'sk_x', code_verifier: 'v' }, 'invalid_client'],
    ['no code', { code: undefined }, 'invalid_grant'],
    ['a code that nobody issued', { code: 'x' }, 'invalid_grant'],
    ['a verifier for a code without a challenge', { code_verifier: 'v' }, 'invalid_grant'],
  ])('with %s is an OAuth error', async (_, overrides, error) => {
    const answer = await exchange(await seeded(), overrides);

    expect([answer.status, answer.json]).toEqual([400, { error, error_description: expect.any(String) }]);
  });

  it('takes a code once, and makes the SDK throw OauthException', async () => {
    const workos = await seeded();
    const code = workos.authorizationCode('ada@acme.example');

    expect((await exchange(workos, { code })).status).toBe(200);
    await expect(sdk(workos).sso.getProfileAndToken({ code, clientId: workos.clientId })).rejects.toMatchObject({
      name: 'OauthException',
      status: 400,
      error: 'invalid_grant',
    });
  });

  it('burns a code whose verifier is wrong', async () => {
    const workos = await seeded();
    const { url, codeVerifier } = await sdk(workos).sso.getAuthorizationUrlWithPKCE({
      clientId: workos.clientId,
      redirectUri: REDIRECT,
      organization: 'org_1',
    });
    const code = (await choose(workos, url)).searchParams.get('code') ?? '';

    expect((await exchange(workos, { code, code_verifier: 'wrong' })).json).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(workos, { code, code_verifier: codeVerifier })).json).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('takes a code for ten minutes, and a token as long', async () => {
    const workos = await seeded();
    const [soon, late] = [workos.authorizationCode('ada@acme.example'), workos.authorizationCode('ada@acme.example')];
    const { accessToken } = await sdk(workos).sso.getProfileAndToken({
      code: workos.authorizationCode('ada@acme.example'),
      clientId: workos.clientId,
    });
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: now + 9 * 60_000 });
    try {
      expect((await exchange(workos, { code: soon })).status).toBe(200);
      vi.setSystemTime(now + 11 * 60_000);
      expect((await exchange(workos, { code: late })).status).toBe(400);
      expect(
        (await send(workos, 'GET', '/sso/profile', undefined, { authorization: `Bearer ${accessToken}` })).status,
      ).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes JSON as well', async () => {
    const workos = await seeded();
    const body = {
      client_id: workos.clientId,
      client_secret: workos.apiKey,
      grant_type: 'authorization_code',
      code: workos.authorizationCode('ada@acme.example'),
    };

    expect((await send(workos, 'POST', '/sso/token', body)).status).toBe(200);
  });

  it.each(['', '[]', 'null', '{"grant_type":"authorization_code","client_id":{},"code":[]}'])(
    'refuses the body %j',
    async (body) => {
      expect((await send(await seeded(), 'POST', '/sso/token', body)).status).toBe(400);
    },
  );

  it('gives the profile to the access token alone', async () => {
    const workos = await seeded();

    const answer = await send(workos, 'GET', '/sso/profile');

    expect([answer.status, answer.json]).toEqual([401, { error: 'Unauthorized' }]);
    expect(() => workos.authorizationCode('nobody@acme.example')).toThrow('nobody with the e-mail');
  });
});
