import type { CookieSession, WorkOS } from '@workos-inc/node';
import { describe, expect, it } from 'vitest';
import type { LocalWorkOS, LocalWorkOSOptions } from '../../src/testing/index.js';
import { sdk, start } from './support.js';

const seed = {
  organizations: [
    { id: 'org_1', name: 'Acme' },
    { id: 'org_2', name: 'Globex' },
  ],
  people: [
    { email: 'ada@acme.example', firstName: 'Ada', userId: 'user_ada', role: 'admin', permissions: ['posts:write'] },
    { email: 'bob@globex.example', organizationId: 'org_2', userId: 'user_bob' },
  ],
};

const redirectUri = 'http://localhost:3000/callback';
const cookiePassword = 'a password of at least 32 characters';

interface Running {
  readonly workos: LocalWorkOS;
  readonly client: WorkOS;
  /** Chooses somebody on the sign-in page, and gives what the application's callback is called with. */
  signIn(email: string, options?: { impersonate?: boolean }): Promise<URL>;
  /** Does it all, and gives the sealed session. */
  sealed(email: string, options?: { impersonate?: boolean }): Promise<CookieSession>;
}

async function run(options: LocalWorkOSOptions = {}): Promise<Running> {
  const workos = await start({ seed, ...options });
  const client = sdk(workos, { clientId: workos.clientId });
  const signIn: Running['signIn'] = async (email, { impersonate = false } = {}) => {
    const ask = { provider: 'authkit', redirectUri, clientId: workos.clientId, state: 'xyz' } as const;
    const page = await (await fetch(client.userManagement.getAuthorizationUrl(ask))).text();
    const entry = page.split('<li>').find((item) => item.includes(email));
    const links = [...(entry ?? '').matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
    const chosen = await fetch(workos.url + links[impersonate ? 1 : 0], { redirect: 'manual' });
    return new URL(chosen.headers.get('location') ?? '');
  };
  const sealed: Running['sealed'] = async (email, how) => {
    const code = (await signIn(email, how)).searchParams.get('code') ?? '';
    const session = { sealSession: true, cookiePassword };
    const { sealedSession: sessionData = '' } = await client.userManagement.authenticateWithCode({ code, session });
    return client.userManagement.loadSealedSession({ sessionData, cookiePassword });
  };
  return { workos, client, signIn, sealed };
}

describe('AuthKit', () => {
  it('signs in by a page, and gives a session that the SDK believes', async () => {
    const { workos, signIn, sealed } = await run();
    const callback = await signIn('ada@acme.example');
    expect(callback.href).toMatch(/^http:\/\/localhost:3000\/callback\?code=[\w-]{43}&state=xyz$/);
    expect(await (await sealed('ada@acme.example')).authenticate()).toMatchObject({
      authenticated: true,
      sessionId: expect.stringMatching(/^session_/) as string,
      organizationId: 'org_1',
      role: 'admin',
      roles: ['admin'],
      permissions: ['posts:write'],
      user: { id: 'user_ada', email: 'ada@acme.example', firstName: 'Ada', lastName: null },
      authenticationMethod: 'Password',
      impersonator: undefined,
    });
    expect(workos.refused).toEqual([]);
  });

  it('shows who impersonates', async () => {
    const impersonator = { email: 'eve@support.example', reason: null };
    const { sealed } = await run({ impersonator });
    expect(await (await sealed('bob@globex.example', { impersonate: true })).authenticate()).toMatchObject({
      organizationId: 'org_2',
      user: { id: 'user_bob' },
      authenticationMethod: 'Impersonation',
      impersonator,
    });
  });

  it('offers the people of the organization that was asked for', async () => {
    const { workos, client } = await run();
    const page = async (organizationId: string) =>
      (await fetch(client.userManagement.getAuthorizationUrl({ organizationId, redirectUri }))).text();
    expect(await page('org_2')).toContain('bob@globex.example');
    expect(await page('org_2')).not.toContain('ada@acme.example');
    expect(await page('org_3')).toContain('There is no organization &#39;org_3&#39;');
    const elsewhere = client.userManagement.getAuthorizationUrl({
      provider: 'authkit',
      redirectUri: 'https://evil.example',
    });
    expect((await fetch(elsewhere)).status).toBe(400);
    expect((await fetch(elsewhere.replace(workos.clientId, 'client_x'))).status).toBe(400);
  });

  it('takes a code once, with its PKCE verifier, and not at SSO', async () => {
    const { client, signIn, workos } = await run();
    const code = (await signIn('ada@acme.example')).searchParams.get('code') ?? '';
    await expect(client.sso.getProfileAndToken({ code, clientId: workos.clientId })).rejects.toThrow('invalid_grant');
    await client.userManagement.authenticateWithCode({ code });
    await expect(client.userManagement.authenticateWithCode({ code })).rejects.toThrow('invalid_grant');
    const other = workos.authorizationCode('ada@acme.example');
    await expect(client.userManagement.authenticateWithCode({ code: other })).rejects.toThrow('invalid_grant');
    const { url, codeVerifier } = await client.userManagement.getAuthorizationUrlWithPKCE({
      provider: 'authkit',
      redirectUri,
      clientId: workos.clientId,
    });
    const choose = async () => {
      const as = url.replace('/authorize?', '/authorize/as?');
      const page = await (await fetch(url)).text();
      const person = /person=([\w-]+)/.exec(page)?.[1];
      const chosen = await fetch(`${as}&person=${person}`, { redirect: 'manual' });
      return new URL(chosen.headers.get('location') ?? '').searchParams.get('code') ?? '';
    };
    await expect(client.userManagement.authenticateWithCode({ code: await choose() })).rejects.toThrow('invalid_grant');
    const wrong = { code: await choose(), codeVerifier: 'x'.repeat(43) };
    await expect(client.userManagement.authenticateWithCode(wrong)).rejects.toThrow('invalid_grant');
    const right = { code: await choose(), codeVerifier };
    expect(await client.userManagement.authenticateWithCode(right)).toMatchObject({
      organizationId: expect.any(String) as string,
    });
  });

  it('refreshes a session whose access token is too old, and rotates the refresh token', async () => {
    const { sealed, workos } = await run({ accessTokenSeconds: 0 });
    const session = await sealed('ada@acme.example', { impersonate: true });
    expect(await session.authenticate()).toMatchObject({ authenticated: false, reason: 'invalid_jwt' });
    workos.updatePerson('ada@acme.example', { firstName: 'Augusta', role: 'member' });
    const first = await session.refresh();
    expect(first).toMatchObject({
      authenticated: true,
      role: 'member',
      user: { id: 'user_ada', firstName: 'Augusta' },
      impersonator: { email: 'support@workos.example' },
    });
    expect(await session.refresh()).toMatchObject({ authenticated: true });
  });

  it('takes a refresh token twice at the same time, as from two requests', async () => {
    const { signIn, client } = await run();
    const code = (await signIn('ada@acme.example')).searchParams.get('code') ?? '';
    const { refreshToken } = await client.userManagement.authenticateWithCode({ code });
    const both = [1, 2].map(() => client.userManagement.authenticateWithRefreshToken({ refreshToken }));
    const [one, two] = await Promise.all(both);
    expect(one?.refreshToken).toBe(two?.refreshToken);
    expect(one?.refreshToken).not.toBe(refreshToken);
  });

  it('ends a session by logout, and sends the browser back to this machine only', async () => {
    const { sealed, client } = await run();
    const session = await sealed('ada@acme.example');
    const url = await session.getLogoutUrl({ returnTo: 'http://localhost:3000/' });
    expect((await fetch(url.replace('localhost', 'evil.example'), { redirect: 'manual' })).status).toBe(422);
    expect(await session.refresh()).toMatchObject({ authenticated: true });
    const answer = await fetch(url, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://localhost:3000/']);
    expect(await session.refresh()).toMatchObject({ authenticated: false, reason: 'invalid_grant' });
    expect((await fetch(client.userManagement.getLogoutUrl({ sessionId: 'session_x' }))).status).toBe(200);
    expect((await fetch(url.replace(/session_id=\w+/, ''))).status).toBe(422);
  });

  it('gives nothing to a client that is not its own', async () => {
    const { workos, signIn } = await run();
    const code = (await signIn('ada@acme.example')).searchParams.get('code') ?? '';
    const thief = sdk(workos, { apiKey: 'sk_wrong', clientId: workos.clientId });
    await expect(thief.userManagement.authenticateWithCode({ code })).rejects.toThrow('invalid_client');
    const other = sdk(workos, { clientId: 'client_x' });
    await expect(other.userManagement.authenticateWithCode({ code })).rejects.toThrow('invalid_client');
    expect((await fetch(`${workos.url}/sso/jwks/client_x`)).status).toBe(404);
    await expect(
      sdk(workos).post('/user_management/authenticate', {
        client_id: workos.clientId,
        client_secret: workos.apiKey,
        grant_type: 'password',
      }),
    ).rejects.toThrow('unsupported_grant_type');
  });

  it('forgets the session of somebody who is gone', async () => {
    const { sealed, workos } = await run();
    const session = await sealed('ada@acme.example');
    workos.removePerson('ada@acme.example');
    expect(await session.refresh()).toMatchObject({ authenticated: false, reason: 'invalid_grant' });
  });
});
