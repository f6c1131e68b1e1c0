import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AUDIT_OUTBOX,
  AuditExports,
  AuditModule,
  type AuditOutbox,
  AuditService,
  defineAuditEvents,
  memoryOutbox,
} from 'nestjs-workos-audit';
import { AuditTestingModule, LocalWorkOS, RecordedAudit } from 'nestjs-workos-audit/testing';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ada, HeaderGuard, platforms } from '../support/test-app.js';
import { appModule, auditEvents, imports, outboxFileExists, PostsController, runs, TestedApp } from './support/blog.js';

beforeEach(() => void runs.splice(0));

describe.each(platforms)('AuditTestingModule on %s', (platform) => {
  test.each(Object.entries(imports))('records what %s would have sent', async (_way, audit) => {
    const app = await TestedApp.start([appModule(audit()), AuditTestingModule], { platform });
    expect((await app.request('DELETE', '/posts/p1')).status).toBe(200);
    // What the whole record path makes of it: actor, groups, versions, limits, catalogue, annotations.
    expect(app.audit.events).toEqual([
      {
        organizationId: 'org_local',
        action: 'post.delete',
        version: 3,
        occurredAt: expect.stringMatching(/^\d{4}-.*Z$/),
        actor: { id: 'user_ada', type: 'user', name: 'Ada Lovelace', metadata: {} },
        targets: expect.arrayContaining([
          { type: 'post', id: 'p1', name: 'A post', metadata: {} },
          { type: 'user', id: 'user_ada', name: 'Ada Lovelace', metadata: {} },
          { type: 'team', id: 'group_eng', name: 'Engineering', metadata: {} },
        ]),
        context: { location: '127.0.0.1', userAgent: 'node' },
        metadata: { title: 'Post p1', size: 7 },
      },
    ]);
    expect(outboxFileExists()).toBe(false);
  });

  test('the guarantee write-ahead works, and a failing outbox answers 503', async () => {
    const app = await TestedApp.start(undefined, { platform });
    await app.request('POST', '/posts/p1/purge');
    expect(app.audit.only('post.purge').metadata).toEqual({});
    const repair = app.audit.failAppends();
    expect((await app.request('POST', '/posts/p2/purge')).status).toBe(503);
    expect(runs).toEqual(['p1']);
    repair();
    expect((await app.request('POST', '/posts/p3/purge')).status).toBe(201);
    expect((await app.request('POST', '/posts/fails/purge')).status).toBe(500);
    expect(runs).toEqual(['p1', 'p3', 'fails']);
    expect(app.audit.events).toHaveLength(2);
    expect(await app.nest.get(AuditService).stats()).toMatchObject({ recorded: 2, held: 0 });
  });

  test('an event that the outbox does not take is in `dropped`, and costs no request', async () => {
    const app = await TestedApp.start(undefined, { platform });
    app.audit.failAppends(new Error('the disk is full'));
    expect((await app.request('DELETE', '/posts/p1')).status).toBe(200);
    expect(app.audit.events).toEqual([]);
    expect(app.audit.dropped).toMatchObject([
      { action: 'post.delete', reason: 'the disk is full', event: { actor: { id: 'user_ada' } } },
    ]);
    app.audit.clear();
    expect(app.audit.dropped).toEqual([]);
    await app.request('DELETE', '/posts/p1');
    expect(app.audit.events).toHaveLength(1);
  });

  test('what is degraded or skipped is told with its reason', async () => {
    const app = await TestedApp.start(undefined, { platform });
    await app.request('DELETE', '/posts/throws');
    expect(app.audit.degraded).toEqual([
      {
        action: 'post.delete',
        place: 'PostsController.remove',
        faults: expect.arrayContaining([expect.stringContaining('no such post')]),
        reason: expect.stringContaining('no such post'),
      },
    ]);
    await app.request('DELETE', '/posts/p1', null);
    expect(app.audit.skipped).toEqual([
      { action: 'post.delete', reason: expect.stringContaining('there is no actor') },
    ]);
    expect(app.audit.events).toHaveLength(1);
  });

  test('streams and events by hand are recorded as well', async () => {
    const app = await TestedApp.start(undefined, { platform });
    await (await app.request('GET', '/posts/watch')).text();
    await app.request('POST', '/posts/invite');
    expect(app.audit.events.map(({ action }) => action)).toEqual(['post.watch', 'user.invite']);
  });
});

test('nothing leaves: no connection, although there is a key and a WorkOS', async () => {
  const workos = await LocalWorkOS.start({ schemas: 'open' });
  onTestFinished(() => workos.close());
  const outbox = memoryOutbox();
  const append = vi.spyOn(outbox, 'append');
  const open = vi.spyOn(outbox, 'open');
  const audit = AuditModule.forRoot({ workos: { apiKey: workos.apiKey, ...workos.clientOptions }, outbox });
  const app = await TestedApp.start([audit, AuditTestingModule], { controllers: [PostsController] });
  await app.request('DELETE', '/posts/p1');
  expect(await app.nest.get(AuditService).flush()).toBe(true);
  const range = { organizationId: 'org_local', from: new Date(Date.now() - 60_000), to: new Date() };
  await expect(app.nest.get(AuditExports).create(range)).rejects.toThrow(
    'a stand-in that has no auditLogs.createExport()',
  );
  expect(app.nest.get<AuditOutbox>(AUDIT_OUTBOX).name).toBe('AuditTestingModule');
  await app.nest.close();
  expect(app.audit.events).toHaveLength(1);
  expect([workos.requests, append.mock.calls, open.mock.calls]).toEqual([[], [], []]);
  expect(app.logs.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('what fails and what is refused is recorded as well', async () => {
  const app = await TestedApp.start();
  expect((await app.request('POST', '/posts/p1/lock')).status).toBe(409);
  expect((await app.request('POST', '/posts/p1/hide')).status).toBe(403);
  expect(await app.audit.waitFor('post.lock_failed')).toBe(app.audit.only('post.lock_failed'));
  expect(await app.audit.waitFor('post.hide_denied')).toMatchObject({ actor: { id: 'user_ada' } });
});

test('a request that is injected, without a port', async () => {
  @Module({ imports: [appModule(), AuditTestingModule] })
  class TestModule {}
  const app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter(), { logger: false });
  app.useGlobalGuards(new HeaderGuard());
  await app.init();
  onTestFinished(() => app.close());
  const headers = { 'x-user': JSON.stringify(ada) };
  const { statusCode } = await app.inject({ method: 'DELETE', url: '/posts/p1', headers });
  expect(statusCode).toBe(200);
  expect(app.get(RecordedAudit).only('post.delete').actor.id).toBe('user_ada');
});

test('the order of the imports does not matter', async () => {
  const app = await TestedApp.start([AuditTestingModule, appModule()]);
  await app.request('DELETE', '/posts/p1');
  expect(app.audit.events).toHaveLength(1);
});

test('applications in one process do not mix', async () => {
  const [first, second] = await Promise.all([TestedApp.start(), TestedApp.start()]);
  await Promise.all([1, 2, 3].map((id) => first.request('DELETE', `/posts/a${id}`)));
  await second.request('DELETE', '/posts/b1');
  expect(first.audit.events).toHaveLength(3);
  expect(second.audit.events).toHaveLength(1);
  expect(first.audit).not.toBe(second.audit);
});

test('AuditTestingModule.forRoot() brings an AuditModule of its own, for a part of an application', async () => {
  const app = await TestedApp.start([AuditTestingModule.forRoot({ events: auditEvents })], {
    controllers: [PostsController],
  });
  await app.request('DELETE', '/posts/p1');
  expect(app.audit.only('post.delete').version).toBeUndefined();
  const bare = await TestedApp.start([AuditTestingModule.forRoot()]);
  await bare.nest.get(AuditService).record('any.thing', { actor: { id: 'a' }, organizationId: 'o' });
  expect(bare.audit.events).toHaveLength(1);
});

test('an application context without a server will do', async () => {
  @Module({ imports: [appModule(), AuditTestingModule] })
  class TestModule {}
  const context = await NestFactory.createApplicationContext(TestModule, { logger: false });
  onTestFinished(() => context.close());
  const record = context
    .get(AuditService)
    .record('user.invite', { actor: { id: 'job' }, organizationId: 'org_1', targets: { user: 'u1' } });
  await expect(record).resolves.toBeUndefined();
  expect(context.get(RecordedAudit).only('user.invite').actor.id).toBe('job');
});

test('the options are still checked, but for the ones that are replaced', async () => {
  const wrong = AuditModule.forRoot({ workos: { apiKey: undefined }, guarantee: 'never' as 'after' });
  await expect(TestedApp.start([wrong, AuditTestingModule])).rejects.toThrow('`guarantee` is "never"');
  await expect(TestedApp.start([AuditModule, AuditTestingModule])).rejects.toThrow('`workos` is missing');
  const events = defineAuditEvents({ 'other.action': { targets: ['user'] } });
  const unfit = AuditModule.forRoot({ workos: { apiKey: undefined }, events });
  await expect(TestedApp.start([unfit, AuditTestingModule], { controllers: [PostsController] })).rejects.toThrow(
    /PostsController\.remove.*post\.delete/s,
  );
});

test('without an AuditModule to record from, it does not start', async () => {
  await expect(TestedApp.start([AuditTestingModule])).rejects.toThrow('there is no AuditModule in this application');
});

test('in production it says aloud what it does', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  onTestFinished(() => void vi.unstubAllEnvs());
  const app = await TestedApp.start();
  expect(app.logs.find('error', 'sent to nobody')).toHaveLength(1);
});

test('without it, AuditModule still demands a key', async () => {
  await expect(TestedApp.start([appModule()])).rejects.toThrow('`workos.apiKey` is undefined');
});

test('the events are in order, frozen, typed, and a list does not change under its holder', async () => {
  const app = await TestedApp.start();
  const none = app.audit.events;
  for (const id of ['p1', 'p2']) await app.request('DELETE', `/posts/${id}`, { ...ada, groups: [] });
  expect(none).toEqual([]);
  const [first, second] = app.audit.events;
  expect([first?.targets.at(-1)?.id, second?.targets.at(-1)?.id]).toEqual(['p1', 'p2']);
  expect([first?.version, second?.version]).toEqual([4, 4]);
  expect(Object.isFrozen(app.audit.events)).toBe(true);
  expect(() => Object.assign(first?.metadata ?? {}, { title: 'forged' })).toThrow(TypeError);
  expect(() => Object.assign(first?.targets[0] ?? {}, { id: 'forged' })).toThrow(TypeError);
});
