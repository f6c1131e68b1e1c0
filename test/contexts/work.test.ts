import { Controller, type ExecutionContext, Injectable, Post } from '@nestjs/common';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import {
  Audited,
  AuditModule,
  AuditService,
  defineAuditEvents,
  memoryOutbox,
  optional,
  systemActor,
} from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { ada, auditOptions, platforms, startLocalWorkOS, TestApp } from '../support/test-app.js';

const job = systemActor('nightly', { organizationId: 'org_local' });

describe('AuditService.audited', () => {
  test('records what became of a function, in the name of the job, and gives what it gives', async () => {
    const { audit, events } = await TestApp.start().then((app) => ({ audit: app.audit, events: app.events.bind(app) }));
    const targets = { report: ({ result }: { result: { id: string } }) => result?.id };
    const sent = await audit.runAs(job, () =>
      audit.audited(
        () => {
          audit.annotate({ metadata: { pages: 3 } });
          return Promise.resolve({ id: 'r1' });
        },
        'report.send',
        { targets, failure: 'report.send_failed' },
      ),
    );
    expect(sent).toEqual({ id: 'r1' });
    const failing = audit.runAs(job, () =>
      audit.audited(
        (): { id: string } => {
          throw new RangeError('no paper');
        },
        'report.send',
        { targets, failure: 'report.send_failed' },
      ),
    );
    await expect(failing).rejects.toThrow(new RangeError('no paper'));
    await expect(
      audit.runAs(job, () => audit.audited(() => Promise.reject(new Error('silent')), 'report.print')),
    ).rejects.toThrow('silent');
    expect(await events(2)).toMatchObject([
      {
        action: 'report.send',
        actor: { id: 'nightly', type: 'system' },
        metadata: { pages: 3 },
        context: { location: 'internal' },
      },
      { action: 'report.send_failed', metadata: { error_name: 'RangeError', error_status: 500 } },
    ]);
  });

  test.each(platforms)('%s: inside a request it has the actor and the address of it', async (platform) => {
    @Controller()
    class OneController {
      constructor(private readonly audit: AuditService) {}

      @Post('send')
      send() {
        return this.audit.audited(() => 'sent', 'report.send', { targets: { report: 'r1' } });
      }
    }
    const app = await TestApp.start({ platform, controllers: [OneController] });
    expect(await (await app.request('/send')).text()).toBe('sent');
    expect(await app.events(1)).toMatchObject([{ actor: { id: ada.id }, context: { location: '127.0.0.1' } }]);
  });

  test('inside a handler that is audited it is an event of its own, and what it annotates is its own', async () => {
    @Controller()
    class OneController {
      constructor(private readonly audit: AuditService) {}

      @Post('outer')
      @Audited('report.order')
      async send() {
        await this.audit.audited(() => this.audit.annotate({ metadata: { inner: true } }), 'report.send');
        this.audit.annotate({ metadata: { outer: true } });
      }
    }
    const app = await TestApp.start({ controllers: [OneController] });
    await app.request('/outer');
    const events = await app.events(2);
    expect(events.map(({ action, metadata }) => [action, metadata])).toEqual([
      ['report.send', { inner: true }],
      ['report.order', { outer: true }],
    ]);
  });

  test('write-ahead: what cannot be audited is not done', async () => {
    const outbox = memoryOutbox();
    const app = await TestApp.start({ audit: { outbox, guarantee: 'write-ahead' } });
    let done = 0;
    const work = () => app.audit.runAs(job, () => app.audit.audited(() => (done += 1), 'report.send'));
    expect(await work()).toBe(1);
    await app.events(1);
    outbox.hold = () => Promise.reject(new Error('full'));
    await expect(work()).rejects.toThrow("This action is audited ('report.send')");
    expect(done).toBe(1);
  });

  test.each<[string, string, object | undefined, string]>([
    ['an action that is not in the catalogue', 'report.sent', undefined, 'the action is not in the catalogue'],
    ['a target that is missing', 'report.send', {}, "the target 'report' is missing"],
    [
      'an option that there is not',
      'report.send',
      { targets: { report: 'r' }, whne: true },
      'there is no option `whne`',
    ],
    ['a denial', 'report.send', { targets: { report: 'r' }, denied: 'report.send' }, '`denied` is for routes'],
  ])('%s is an error before the function runs', async (_what, action, options, message) => {
    const events = defineAuditEvents({ 'report.send': { targets: ['report', optional('team')] } });
    const app = await TestApp.start({ audit: { events } });
    let done = 0;
    const work = app.audit.runAs(job, () => app.audit.audited(() => (done += 1), action, options as never));
    await expect(work).rejects.toThrow(message);
    expect(done).toBe(0);
  });

  test('nobody, and no request: an error that says what to write', async () => {
    const app = await TestApp.start();
    await expect(app.audit.audited(() => 1, 'report.send')).rejects.toThrow(
      "AuditService.audited('report.send') was called outside a request and without an actor. Wrap the job in audit.runAs(",
    );
  });
});

test('a cron job of @nestjs/schedule records through runAs and audited', async () => {
  @Injectable()
  class ReportsJob {
    constructor(private readonly audit: AuditService) {}

    @Cron('0 3 * * *', { name: 'reports', disabled: true })
    async send(): Promise<void> {
      await this.audit.runAs(job, () => this.audit.audited(() => 'r1', 'report.send', { targets: { report: 'r1' } }));
    }
  }
  const workos = await startLocalWorkOS();
  const imports = [ScheduleModule.forRoot(), AuditModule.forRoot(auditOptions(workos))];
  const app = await TestApp.start({ workos, imports, providers: [ReportsJob] });
  await app.nest.get(SchedulerRegistry).getCronJob('reports').fireOnTick();
  expect(await app.events(1)).toMatchObject([{ action: 'report.send', actor: { id: 'nightly' } }]);
});

describe('`requestOf`', () => {
  @Controller()
  class OneController {
    @Post('one')
    @Audited('report.send')
    send(): void {}
  }

  test('teaches another context', async () => {
    const requestOf = (execution: ExecutionContext) => {
      const { headers } = execution.switchToHttp().getRequest<{ headers: Record<string, string> }>();
      return { user: ada, ip: '192.0.2.7', headers: { 'user-agent': headers['x-agent'] } };
    };
    const app = await TestApp.start({ controllers: [OneController], audit: { requestOf } });
    await app.request('/one', { user: null, headers: { 'x-agent': 'carrier pigeon' } });
    expect(await app.events(1)).toMatchObject([
      { actor: { id: ada.id }, context: { location: '192.0.2.7', userAgent: 'carrier pigeon' } },
    ]);
  });

  test('that throws, or knows nothing, is as if it were not there', async () => {
    const requestOf = (execution: ExecutionContext) => {
      if (execution.switchToHttp().getRequest<{ headers: object }>().headers) throw new Error('lost');
      return undefined;
    };
    const app = await TestApp.start({ controllers: [OneController], audit: { requestOf } });
    expect((await app.request('/one')).status).toBe(201);
    expect(await app.events(1)).toMatchObject([{ actor: { id: ada.id } }]);
    expect(app.logs.text).toContain('The option `requestOf` failed: lost');
  });
});
