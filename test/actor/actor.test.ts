import { type CanActivate, Controller, Post, Req, UseGuards } from '@nestjs/common';
import { Audited, AuditService, type AuditModuleOptions } from 'nestjs-workos-audit';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ada, platforms, TestApp } from '../support/test-app.js';

interface WithUser {
  user?: unknown;
}

/** A guard after which a field of the request throws. */
function breaks(field: string, message: string): CanActivate {
  return {
    canActivate: (context) => {
      const get = (): never => {
        throw new Error(message);
      };
      Object.defineProperty(context.switchToHttp().getRequest<object>(), field, { get, configurable: true });
      return true;
    },
  };
}

/** Whatever of it is read, throws. */
const unreadable: object = new Proxy(
  {},
  {
    get: () => {
      throw new Error('not today');
    },
    ownKeys: () => {
      throw new Error('not today');
    },
  },
);

@Controller()
class SessionController {
  constructor(private readonly audit: AuditService) {}

  @Post('login')
  @Audited('user.login')
  login(@Req() request: WithUser): string {
    request.user = { id: 'user_new', name: 'New', organizationId: 'org_local', groups: [] };
    return 'welcome';
  }

  @Post('logout')
  @Audited('user.logout', { metadata: ({ user }) => ({ resolver_saw: user?.id }) })
  logout(@Req() request: WithUser): string {
    request.user = undefined;
    return 'bye';
  }

  @Post('logout-by-hand')
  @Audited('user.logout')
  async logoutByHand(@Req() request: WithUser): Promise<string> {
    request.user = undefined;
    await this.audit.record('user.goodbye');
    return 'bye';
  }

  @Post('act')
  @Audited('user.act')
  act(): string {
    return 'ok';
  }

  @Post('without-address')
  @UseGuards(breaks('ip', 'no address today'))
  @Audited('user.act')
  withoutAddress(): string {
    return 'ok';
  }

  @Post('without-user')
  @UseGuards(breaks('user', 'no user today'))
  @Audited('user.act')
  withoutUser(): string {
    return 'ok';
  }

  @Post('by-hand')
  async byHand(): Promise<string> {
    await this.audit.record('user.act');
    return 'ok';
  }

  @Post('slow')
  @Audited('user.slow')
  slow(): Promise<string> {
    return new Promise((resolve) => setTimeout(() => resolve('ok'), 100));
  }
}

describe.each(platforms)('the actor on %s', (platform) => {
  const start = (audit: Partial<AuditModuleOptions> = {}): Promise<TestApp> =>
    TestApp.start({ platform, controllers: [SessionController], audit });

  test('is read before the handler, since a logout ends the session', async () => {
    const app = await start();
    expect((await app.request('/logout')).status).toBe(201);
    const [event] = await app.events(1);
    expect(event).toMatchObject({
      action: 'user.logout',
      actor: { id: 'user_ada' },
      metadata: { resolver_saw: 'user_ada' },
    });
  });

  test('is known to record() after the handler ended the session', async () => {
    const app = await start();
    await app.request('/logout-by-hand');
    const events = await app.events(2);
    expect(events.map(({ action, actor }) => [action, actor.id]).toSorted()).toEqual([
      ['user.goodbye', 'user_ada'],
      ['user.logout', 'user_ada'],
    ]);
  });

  test('is read after the handler when there was none before, since a login makes the session', async () => {
    const app = await start();
    await app.request('/login', { user: null });
    const [event] = await app.events(1);
    expect(event).toMatchObject({
      actor: { id: 'user_new', name: 'New' },
      targets: [{ type: 'user', id: 'user_new' }],
    });
  });

  test.each([
    ['skip', 'log', 0],
    ['warn', 'warn', 1],
    ['error', 'error', 1],
  ] as const)('missing, with missingActor: %s', async (missingActor, level, lines) => {
    const app = await start({ missingActor });
    expect((await app.request('/act', { user: null })).status).toBe(201);
    await app.events(0);
    expect(await app.audit.stats()).toMatchObject({ recorded: 0, skipped: 1 });
    const said = app.logs.find(level, `'user.act' (SessionController.act) was not recorded`);
    expect(said).toHaveLength(lines);
    if (lines) expect(said[0]).toContain('Let a guard set request.user');
  });

  test('missing at record(): only missingActor: error throws', async () => {
    const lenient = await start();
    expect((await lenient.request('/by-hand', { user: null })).status).toBe(201);
    expect(lenient.logs.find('warn', 'there is no actor')).toHaveLength(1);
    const strict = await start({ missingActor: 'error' });
    expect((await strict.request('/by-hand', { user: null })).status).toBe(500);
  });

  test('without an organization is told how to give one', async () => {
    const app = await start();
    expect((await app.request('/act', { user: { ...ada, organizationId: null } })).status).toBe(201);
    await app.events(0);
    expect(app.logs.find('warn', 'Put `organizationId` on request.user, or give `organization`')).toHaveLength(1);
  });

  test('`organization` in the options gives it, also later and also for record()', async () => {
    const app = await start({
      organization: async ({ request }) => Promise.resolve(request?.headers['x-org'] as string | undefined),
    });
    const user = { id: 'u1' };
    await app.request('/act', { user, headers: { 'x-org': 'org_local' } });
    await app.request('/by-hand', { user, headers: { 'x-org': 'org_local' } });
    const events = await app.events(2);
    expect(events.map(({ organizationId }) => organizationId)).toEqual(['org_local', 'org_local']);
  });

  test('`resolveActor` may read anything of the request', async () => {
    const app = await start({
      resolveActor: ({ request }) => ({
        actor: { id: 42, type: 'api_key', name: 'CI', metadata: { scope: request?.headers['x-scope'] } },
        organizationId: 'org_local',
      }),
    });
    await app.request('/act', { headers: { 'x-scope': 'write' } });
    const [event] = await app.events(1);
    expect(event?.actor).toEqual({ id: '42', type: 'api_key', name: 'CI', metadata: { scope: 'write' } });
    expect(event?.targets).toMatchObject([{ type: 'user', id: '42', name: 'CI' }]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no session store');
      },
      'failed: no session store',
    ],
    ['rejects', () => Promise.reject(new Error('no session store')), 'failed: no session store'],
    ['hangs', () => new Promise<never>(() => {}), 'gave no answer within 30 ms'],
    ['gives nonsense', () => 'ada' as never, 'gave "ada", which cannot be used'],
    ['gives an actor without an id', () => ({ actor: { name: 'x' } }), 'which cannot be used'],
    ['gives an actor whose id is NaN', () => ({ actor: { id: Number.NaN } }), 'which cannot be used'],
    ['gives groups that are no list', () => ({ actor: { id: 'x' }, groups: 'g' }), 'which cannot be used'],
    ['gives a list', () => [{ actor: { id: 'x' } }] as never, 'which cannot be used'],
    ['gives what throws when it is read', () => unreadable, 'failed: not today'],
    ['gives an actor that throws when it is read', () => ({ actor: unreadable }), 'which cannot be used'],
  ] as const)('`resolveActor` that %s costs no request', async (_name, resolveActor, said) => {
    const app = await start({ resolveActor: resolveActor as () => never, resolverTimeoutMs: 30 });
    expect((await app.request('/act')).status).toBe(201);
    await app.events(0);
    expect((await app.audit.stats()).skipped).toBe(1);
    expect(app.logs.find('warn', said)).not.toHaveLength(0);
  });

  test.each([
    ['names', { id: 'u', firstName: 'Ada', lastName: 'Lovelace', organizationId: 'org_local' }, 'Ada Lovelace', []],
    ['an e-mail address', { id: 'u', email: 'ada@x.org', organizationId: 'org_local' }, 'ada@x.org', []],
    ['a token', { sub: 'u', organizationId: 'org_local', groups: ['g1', 'g2'] }, undefined, ['g1', 'g2']],
    [
      'groups in disorder',
      { id: 'u', organizationId: 'org_local', groups: [null, { id: 'g1' }, {}, 7, ''] },
      undefined,
      ['g1', '7'],
    ],
    ['no list of groups', { id: 'u', organizationId: 'org_local', groups: 'g1' }, undefined, []],
  ] as const)('by default comes from a user with %s', async (_name, user, name, teams) => {
    const app = await start();
    await app.request('/act', { user });
    const [event] = await app.events(1);
    expect(event?.actor.name).toBe(name);
    expect(event?.targets.filter(({ type }) => type === 'team').map(({ id }) => id)).toEqual(teams);
  });

  test.each([
    ['a text', 'ada'],
    ['no id', { name: 'x' }],
    ['an empty id', { id: ' ' }],
    ['a list', []],
  ])('a user that is %s is no actor', async (_name, user) => {
    const app = await start();
    expect((await app.request('/act', { user })).status).toBe(201);
    await app.events(0);
    expect((await app.audit.stats()).skipped).toBe(1);
  });

  test('groups of `resolveActor` that have no id are left out, and that is said', async () => {
    const groups = [{ id: 'g1' }, {}, null] as never;
    const resolveActor = () => ({ actor: { id: 'u' }, groups, organizationId: 'org_local' });
    const app = await start({ resolveActor });
    await app.request('/act');
    const [event] = await app.events(1);
    expect(event?.targets.map(({ id }) => id)).toEqual(['u', 'g1']);
    expect(app.logs.find('warn', 'gave 2 groups that have no id')).toHaveLength(1);
  });

  test('x-forwarded-for is ignored unless the application trusts its proxy', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7, 10.0.0.1' };
    const plain = await start();
    await plain.request('/act', { headers });
    expect((await plain.events(1))[0]?.context.location).toBe('127.0.0.1');
    const proxied = await TestApp.start({ platform, controllers: [SessionController], trustProxy: true });
    await proxied.request('/act', { headers });
    expect((await proxied.events(1))[0]?.context.location).toBe('203.0.113.7');
  });

  test('a request whose address or user cannot be read is served all the same', async () => {
    const app = await start();
    expect((await app.request('/without-address')).status).toBe(201);
    const [event] = await app.events(1);
    expect(event?.context.location).toBe('unknown');
    expect((await app.request('/without-user')).status).toBe(201);
    await app.events(1);
    expect(app.logs.find('warn', 'The option `resolveActor` failed: no user today')).toHaveLength(1);
  });

  test('a request without a user agent has none, and one over the limit is cut', async () => {
    const app = await start();
    await app.request('/act', { headers: { 'user-agent': 'a'.repeat(900) } });
    const [event] = await app.events(1);
    expect(event?.context.userAgent).toBe(`${'a'.repeat(499)}…`);
    expect((await app.audit.stats()).degraded).toBe(0);
  });

  test('a client that hangs up before the answer is still known by its address', async () => {
    const app = await start();
    const { port, hostname } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    socket.write(`POST /slow HTTP/1.1\r\nhost: x\r\nx-user: ${JSON.stringify(ada)}\r\ncontent-length: 0\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 40));
    socket.destroy();
    const [event] = await app.events(1);
    expect(event).toMatchObject({ action: 'user.slow', context: { location: '127.0.0.1' } });
    expect(event?.context.userAgent).toBeUndefined();
  });
});
