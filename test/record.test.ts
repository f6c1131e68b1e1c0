import { Controller, Injectable, Post } from '@nestjs/common';
import { AuditService, type RecordInput, defineAuditEvents, optional, systemActor } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { ada, platforms, TestApp } from './support/test-app.js';

@Injectable()
class InvitesService {
  constructor(private readonly audit: AuditService) {}

  async invite(id: string): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await this.audit.record('user.invite', {
      targets: { user: { id, name: `Invitee ${id}` } },
      metadata: { invited_email: `${id}@x.org` },
    });
  }
}

let floating: AuditService['record'] | undefined;

@Controller()
class InvitesController {
  constructor(
    private readonly invites: InvitesService,
    private readonly audit: AuditService,
  ) {}

  @Post('invite')
  async invite(): Promise<string> {
    await this.invites.invite('user_bob');
    return 'invited';
  }

  @Post('failed-login')
  async failedLogin(): Promise<string> {
    await this.audit.record('user.login_failed', {
      actor: { id: 'unknown', type: 'anonymous', name: 'ada@x.org' },
      organizationId: 'org_local',
    });
    return 'no';
  }

  @Post('as-other')
  async asOther(): Promise<string> {
    await this.audit.record('user.act', { actor: { id: 'key_1', type: 'api_key' } });
    return 'ok';
  }

  @Post('job')
  async job(): Promise<string> {
    await this.audit.runAs(systemActor('cleaner', { organizationId: 'org_local' }), async () =>
      this.invites.invite('user_eve'),
    );
    return 'ok';
  }

  @Post('floating')
  floats(): string {
    void floating?.('', {});
    return 'ok';
  }
}

describe.each(platforms)('AuditService.record() on %s', (platform) => {
  const start = (): Promise<TestApp> =>
    TestApp.start({ platform, controllers: [InvitesController], providers: [InvitesService] });

  test('takes actor, groups, organization, address and user agent from the request, in any handler', async () => {
    const app = await start();
    await app.request('/invite', { headers: { 'user-agent': 'my browser' } });
    const [event] = await app.events(1);
    expect(event).toMatchObject({
      organizationId: 'org_local',
      action: 'user.invite',
      actor: { id: 'user_ada', name: 'Ada Lovelace' },
      targets: [
        { type: 'user', id: 'user_ada', name: 'Ada Lovelace' },
        { type: 'team', id: 'group_eng' },
        { type: 'team', id: 'group_math' },
        { type: 'user', id: 'user_bob', name: 'Invitee user_bob' },
      ],
      context: { location: '127.0.0.1', userAgent: 'my browser' },
      metadata: { invited_email: 'user_bob@x.org' },
    });
  });

  test('concurrent requests do not mix', async () => {
    const app = await start();
    const users = Array.from({ length: 20 }, (_, index) => ({ ...ada, id: `u${index}` }));
    await Promise.all(users.map((user) => app.request('/invite', { user })));
    const events = await app.events(20);
    expect(new Set(events.map(({ actor }) => actor.id)).size).toBe(20);
  });

  test('an anonymous request may name the actor by hand', async () => {
    const app = await start();
    expect((await app.request('/failed-login', { user: null })).status).toBe(201);
    const [event] = await app.events(1);
    expect(event).toMatchObject({
      actor: { id: 'unknown', type: 'anonymous', name: 'ada@x.org' },
      context: { location: '127.0.0.1' },
    });
  });

  test('another actor has no groups of the user, but the organization of the request', async () => {
    const app = await start();
    await app.request('/as-other');
    const [event] = await app.events(1);
    expect(event).toMatchObject({
      organizationId: 'org_local',
      actor: { id: 'key_1' },
      targets: [{ type: 'user', id: 'key_1' }],
    });
    expect(event?.targets).toHaveLength(1);
  });

  test('runAs() inside a request acts as the job', async () => {
    const app = await start();
    await app.request('/job');
    const [event] = await app.events(1);
    expect(event?.actor).toMatchObject({ id: 'cleaner', type: 'system', name: 'cleaner' });
  });

  test('a promise that nobody awaits and that rejects ends no process, and is logged', async () => {
    const app = await start();
    floating = app.audit.record.bind(app.audit);
    const unhandled: unknown[] = [];
    const keep = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', keep);
    expect((await app.request('/floating')).status).toBe(201);
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off('unhandledRejection', keep);
    expect(unhandled).toEqual([]);
    expect(app.logs.find('error', 'the action must be a name')).toHaveLength(1);
  });
});

describe('AuditService outside a request', () => {
  test('record() under runAs() is a system event from `internal`', async () => {
    const app = await TestApp.start();
    const result = await app.audit.runAs(
      systemActor('nightly', { organizationId: 'org_local', name: 'Nightly report' }),
      async () => {
        await app.audit.record('report.made', { targets: { report: 'r1' } });
        return 'done';
      },
    );
    expect(result).toBe('done');
    const [event] = await app.events(1);
    expect(event).toMatchObject({
      actor: { id: 'nightly', type: 'system', name: 'Nightly report', metadata: {} },
      targets: [
        { type: 'user', id: 'nightly' },
        { type: 'report', id: 'r1' },
      ],
      context: { location: 'internal' },
    });
    expect(event?.context).not.toHaveProperty('userAgent');
  });

  test('record() takes everything by hand', async () => {
    const app = await TestApp.start({ audit: { location: 'cron' } });
    await app.audit.record('report.made', { actor: { id: 'a' }, organizationId: 'org_local' });
    await app.audit.record('report.made', {
      actor: { id: 'a', type: 'service' },
      groups: [{ id: 'g' }],
      organizationId: 'org_local',
      occurredAt: new Date('2026-01-02T03:04:05.678Z'),
      context: { location: '192.0.2.1', userAgent: 'curl' },
    });
    const [first, second] = await app.events(2);
    expect(first).toMatchObject({ actor: { type: 'user' }, context: { location: 'cron' } });
    expect(second).toMatchObject({
      actor: { id: 'a', type: 'service' },
      targets: [{ type: 'user' }, { type: 'team', id: 'g' }],
      occurredAt: '2026-01-02T03:04:05.678Z',
      context: { location: '192.0.2.1', userAgent: 'curl' },
    });
  });

  test.each<[string, unknown, unknown, string]>([
    ['no actor', 'a.b', {}, `outside a request and without an actor. Wrap the job in audit.runAs(systemActor(`],
    ['no organization', 'a.b', { actor: { id: 'x' } }, 'without an organization'],
    ['no action', '', {}, `the action must be a name such as 'post.delete'`],
    ['null', 'a.b', null, 'the input is null; expected { targets, metadata }'],
    ['a date as text', 'a.b', { occurredAt: '2026-01-01' }, '`occurredAt` is "2026-01-01"; expected a valid Date'],
    ['an invalid date', 'a.b', { occurredAt: new Date('x') }, 'expected a valid Date'],
    ['an actor without an id', 'a.b', { actor: { name: 'x' } }, '`actor` is an object with the keys ["name"]'],
    ['targets as a list', 'a.b', { targets: ['x'] }, '`targets` is an array of 1; expected an object by target type'],
    ['a context without a location', 'a.b', { context: {} }, '`context` needs a `location`'],
  ])('record() with %s throws and says what to do', async (_name, action, input, message) => {
    const app = await TestApp.start();
    const thrown: unknown = await app.audit
      .record(action as string, input as RecordInput)
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'AuditUsageError' });
    expect((thrown as Error).message).toContain(message);
    expect((await app.audit.stats()).recorded).toBe(0);
  });

  test('record() of an action that the catalogue lacks throws and lists what there is', async () => {
    const events = defineAuditEvents({ 'post.create': { targets: ['user'] } });
    const app = await TestApp.start({ audit: { events } });
    await expect(app.audit.record('post.craete', { actor: { id: 'a' }, organizationId: 'org_local' })).rejects.toThrow(
      'the action is not in the catalogue. Add it to defineAuditEvents(), which has: post.create',
    );
  });

  test('a target that is no target is recorded as unknown, since the deed is done', async () => {
    const app = await TestApp.start();
    const input = {
      actor: { id: 'a' },
      organizationId: 'org_local',
      targets: { post: undefined as unknown as string },
    };
    await app.audit.record('post.delete', input);
    expect((await app.events(1))[0]?.targets.at(-1)).toMatchObject({ type: 'post', id: 'unknown' });
    expect(app.logs.find('warn', `there is no target 'post'`)).toHaveLength(1);
  });

  test.each([[undefined], [{}], [{ actor: { id: 'x' } }], [{ actor: {}, organizationId: 'o' }]])(
    'runAs(%o) is refused',
    async (principal) => {
      const app = await TestApp.start();
      expect(() => app.audit.runAs(principal as never, () => 1)).toThrow(
        'needs an actor with an `id` and an `organizationId`',
      );
    },
  );

  test('annotate() where no audited handler runs does nothing but say so', async () => {
    const app = await TestApp.start();
    app.audit.annotate({ metadata: { x: 1 } });
    expect(app.logs.find('warn', 'annotate() was called where no @Audited handler runs')).toHaveLength(1);
  });

  test('with a catalogue only the target types of the action fill themselves, and the version fits the set', async () => {
    const events = defineAuditEvents(
      {
        'org.rename': { targets: ['org'] },
        'member.add': { targets: ['member', optional('squad')] },
      },
      { actorTarget: 'member', groupTarget: 'squad' },
    );
    const schemaLock = {
      lockfileVersion: 1,
      actions: {
        'org.rename': [{ version: 3, targets: ['org'] }],
        'member.add': [
          { version: 1, targets: ['squad', 'member'] },
          { version: 2, targets: ['member'] },
        ],
      },
    };
    const app = await TestApp.start({ audit: { events, schemaLock } });
    const by = { actor: { id: 'a' }, organizationId: 'org_local' };
    await app.audit.record('org.rename', { ...by, targets: { org: 'o1' } });
    await app.audit.record('member.add', { ...by, targets: { member: 'b' } });
    await app.audit.record('member.add', { ...by, groups: [{ id: 'g1' }, { id: 'g2' }] });
    const seen = (await app.events(3)).map(({ version, targets }) => [
      version,
      targets.map(({ type, id }) => `${type}:${id}`),
    ]);
    expect(seen).toEqual([
      [3, ['org:o1']],
      [2, ['member:a', 'member:b']],
      [1, ['member:a', 'squad:g1', 'squad:g2']],
    ]);
  });

  test('a target type that the action lacks is left out, and one that it needs is filled with unknown', async () => {
    const events = defineAuditEvents({ 'post.delete': { targets: ['post', 'user'] } }, { groupTarget: false });
    const app = await TestApp.start({ audit: { events } });
    await app.audit.record('post.delete', { actor: { id: 'a' }, organizationId: 'org_local', targets: { pots: 'p1' } });
    expect((await app.events(1))[0]?.targets).toMatchObject([
      { type: 'user', id: 'a' },
      { type: 'post', id: 'unknown' },
    ]);
    const [line] = app.logs.find('warn', 'is degraded');
    expect(line).toContain(`target 'pots' is not a target type of the action in the catalogue and was left out`);
  });
});
