import { apiKeyActor, type AuditPrincipal, principalOfUser, systemActor } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';

const user = {
  object: 'user',
  id: 'user_01',
  email: 'ada@acme.example',
  emailVerified: true,
  name: null,
  firstName: 'Ada',
  lastName: 'Lovelace',
  externalId: null,
  metadata: {},
};

/** As `authenticate()` of the SDK's sealed session answers. */
const session = {
  authenticated: true,
  sessionId: 'session_01',
  organizationId: 'org_acme',
  role: 'admin',
  roles: ['admin'],
  permissions: ['posts:write'],
  entitlements: undefined,
  featureFlags: undefined,
  user,
  authenticationMethod: 'SSO',
  impersonator: undefined,
  accessToken: 'eyJ',
};

const profile = {
  id: 'prof_01',
  idpId: 'idp_ada',
  organizationId: 'org_acme',
  connectionId: 'conn_01',
  connectionType: 'OktaSAML',
  email: 'ada@acme.example',
  firstName: 'Ada',
  lastName: 'Lovelace',
  role: { slug: 'admin' },
  groups: ['Engineering'],
  customAttributes: {},
};

const apiKey = { object: 'api_key', id: 'api_key_01', name: 'CI', obfuscatedValue: 'sk_…x', permissions: [] };

const ada = { id: 'user_01', type: 'user', name: 'Ada Lovelace' };
const inAcme = { groups: [], organizationId: 'org_acme' };
const support = { impersonator_email: 'eve@support.example', impersonator_reason: 'ticket 7' };

/** Each field of a proxy answers with the proxy. */
const mirror: object = new Proxy({}, { get: () => mirror });

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function throwing(object: object, ...keys: string[]): object {
  const get = (): never => {
    throw new Error('cannot be read');
  };
  return Object.defineProperties(
    { ...object },
    Object.fromEntries(keys.map((key) => [key, { get, enumerable: true }])),
  );
}

const known: [name: string, user: unknown, principal: Partial<AuditPrincipal>][] = [
  ['a WorkOS SSO profile', profile, { actor: { ...ada, id: 'prof_01' }, ...inAcme, groups: [{ id: 'Engineering' }] }],
  [
    'a profile whose optional fields are null, as the API sends them',
    { ...profile, organizationId: null, name: null, role: null, groups: null, firstName: null },
    { actor: { ...ada, id: 'prof_01', name: 'Lovelace' }, groups: [], organizationId: undefined },
  ],
  [
    'the answer of sso.getProfileAndToken()',
    { accessToken: 'x', profile: { ...profile, groups: undefined } },
    { actor: { ...ada, id: 'prof_01' }, ...inAcme },
  ],
  [
    'a profile as it is on the wire',
    { object: 'profile', id: 'prof_01', organization_id: 'org_acme', first_name: 'Ada', last_name: 'Lovelace' },
    { actor: { ...ada, id: 'prof_01' }, ...inAcme },
  ],
  ['an AuthKit session', session, { actor: ada, ...inAcme }],
  [
    'the answer of userManagement.authenticateWithCode()',
    { user, organizationId: 'org_acme', accessToken: 'x', refreshToken: 'y', sealedSession: 'z' },
    { actor: ada, ...inAcme },
  ],
  ['an AuthKit session of no organization', { ...session, organizationId: undefined }, { actor: ada, groups: [] }],
  [
    'an AuthKit session that is impersonated',
    { ...session, impersonator: { email: 'eve@support.example', reason: 'ticket 7' } },
    { actor: { ...ada, metadata: support }, ...inAcme },
  ],
  [
    'an impersonator without a reason',
    { ...session, impersonator: { email: 'eve@support.example', reason: null } },
    { actor: { ...ada, metadata: { impersonator_email: 'eve@support.example' } }, ...inAcme },
  ],
  [
    'an impersonator who cannot be read',
    { ...session, impersonator: throwing({}, 'email', 'reason') },
    { actor: { ...ada, metadata: { impersonator_email: 'unknown' } }, ...inAcme },
  ],
  [
    'an AuthKit user with what a guard adds',
    { ...user, organizationId: 'org_acme', impersonator: { email: 'eve@support.example', reason: 'ticket 7' } },
    { actor: { ...ada, metadata: support }, ...inAcme },
  ],
  [
    'the claims of an AuthKit access token',
    { sub: 'user_01', sid: 'session_01', org_id: 'org_acme', role: 'admin', act: { sub: 'eve@support.example' } },
    { actor: { id: 'user_01', type: 'user', metadata: { impersonator_email: 'eve@support.example' } }, ...inAcme },
  ],
  [
    'the claims of somebody else, whose organizations are not those of WorkOS',
    { sub: 'auth0|1', org_id: 'org_of_auth0', act: { sub: 'service' } },
    { actor: { id: 'auth0|1', type: 'user' }, groups: [] },
  ],
  [
    'a Passport profile',
    {
      provider: 'github',
      id: '42',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ value: 'ada@acme.example' }],
    },
    { actor: { ...ada, id: '42' }, groups: [] },
  ],
  [
    'a Passport profile with a display name',
    { provider: 'google', id: '42', displayName: 'Countess', name: {}, emails: [] },
    { actor: { ...ada, id: '42', name: 'Countess' }, groups: [] },
  ],
  [
    'a Passport profile with an e-mail address alone',
    { provider: 'google', id: '42', emails: [{ value: 'ada@acme.example' }] },
    { actor: { ...ada, id: '42', name: 'ada@acme.example' }, groups: [] },
  ],
  [
    'a row whose id is a number',
    { id: 0, name: 'Root' },
    { actor: { id: '0', type: 'user', name: 'Root' }, groups: [] },
  ],
  ['a row whose id is a bigint', { id: 7n }, { actor: { id: '7', type: 'user' }, groups: [] }],
  [
    'a WorkOS API key of an organization',
    { ...apiKey, owner: { type: 'organization', id: 'org_acme' } },
    { actor: { id: 'api_key_01', type: 'api_key', name: 'CI' }, ...inAcme },
  ],
  [
    'a WorkOS API key of a user',
    { ...apiKey, owner: { type: 'user', id: 'user_01', organizationId: 'org_acme' } },
    { actor: { id: 'api_key_01', type: 'api_key', name: 'CI' }, ...inAcme },
  ],
  [
    'what apiKeyActor() makes',
    apiKeyActor('key_1', { organizationId: 'org_acme', name: 'CI', metadata: { scope: 'write' } }),
    { actor: { id: 'key_1', type: 'api_key', name: 'CI', metadata: { scope: 'write' } }, ...inAcme },
  ],
  [
    'what systemActor() makes',
    systemActor('nightly', { organizationId: 'org_acme' }),
    { actor: { id: 'nightly', type: 'system', name: 'nightly' }, ...inAcme },
  ],
  [
    'a user of whom only what matters can be read',
    throwing(
      { id: 'user_01', organizationId: 'org_acme' },
      'name',
      'groups',
      'email',
      'firstName',
      'impersonator',
      'act',
    ),
    { actor: { id: 'user_01', type: 'user' }, ...inAcme },
  ],
  [
    'an instance of a class',
    new (class {
      get id(): string {
        return 'user_01';
      }
      readonly name = 'Ada Lovelace';
    })(),
    { actor: ada, groups: [] },
  ],
  [
    'groups of every kind',
    {
      id: 'u',
      groups: [{ id: 1, name: 'One' }, 'two', 3, null, {}, [], throwing({ id: 'four' }, 'name'), mirror, ' '],
    },
    {
      actor: { id: 'u', type: 'user' },
      groups: [{ id: '1', name: 'One' }, { id: 'two' }, { id: '3' }, { id: 'four' }],
    },
  ],
  [
    'groups that are a list without end',
    // oxlint-disable-next-line unicorn/no-new-array -- a length that nobody should walk through
    { id: 'u', groups: Object.assign(new Array(2 ** 32 - 1), ['g']) },
    { actor: { id: 'u', type: 'user' }, groups: [{ id: 'g' }] },
  ],
  ['groups that were revoked', { id: 'u', groups: revoked([]) }, { actor: { id: 'u', type: 'user' }, groups: [] }],
];

const rubbish: [name: string, user: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a text', 'user_01'],
  ['a number', 7],
  ['true', true],
  ['a symbol', Symbol('user')],
  ['a function with an id', Object.assign(() => {}, { id: 'user_01' })],
  ['a list', ['user_01']],
  ['a list with an id', Object.assign([], { id: 'user_01' })],
  ['no fields', {}],
  ['a name alone', { name: 'Ada', email: 'ada@acme.example' }],
  ['an empty id', { id: '' }],
  ['a blank id', { id: ' \n' }],
  ['an id that is NaN', { id: Number.NaN }],
  ['an id without end', { id: Infinity }],
  ['an id that is true', { id: true }],
  ['an id that is an object', { id: { toString: () => 'user_01' } }],
  ['an id that is a list', { id: ['user_01'] }],
  ['an id that is a function', { id: () => 'user_01' }],
  ['an id that throws', throwing({}, 'id', 'sub')],
  ['everything throws', throwing({}, 'id', 'sub', 'object', 'actor', 'user', 'profile', 'organizationId', 'sid')],
  ['a proxy that throws', new Proxy({}, { get: () => throwing({}, 'x') && JSON.parse('{') })],
  ['a proxy that answers with itself', mirror],
  ['a proxy that was revoked', revoked({ id: 'user_01' })],
  ['a promise of a user', Promise.resolve({ id: 'user_01' })],
  ['a session without a user', { ...session, user: undefined }],
  ['a session whose user has no id', { ...session, user: { email: 'ada@acme.example' } }],
  ['a session whose user is a list', { ...session, user: [user] }],
  ['a session that is not authenticated', { authenticated: false, reason: 'invalid_jwt', user }],
  ['a profile without an id', { profile: { email: 'ada@acme.example' } }],
  ['an API key without an id', { object: 'api_key', owner: { type: 'organization', id: 'org_acme' } }],
  ['a principal whose actor has no id', { actor: { name: 'Ada' }, organizationId: 'org_acme' }],
  ['a principal whose actor is a list', { actor: [{ id: 'user_01' }] }],
];

describe('principalOfUser', () => {
  test.each(known)('knows %s', (_name, given, principal) => {
    expect(principalOfUser(given)).toEqual(principal);
  });

  test.each(rubbish)('makes no actor of %s', (_name, given) => {
    expect(principalOfUser(given).actor).toBeUndefined();
  });
});
