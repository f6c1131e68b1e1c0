import { Controller, Post } from '@nestjs/common';
import {
  AuditConfigurationError,
  Audited,
  AuditModule,
  type AuditModuleOptions,
  type AuditOutbox,
  type BuriedEntry,
  memoryOutbox,
  type OutboxEntry,
} from 'nestjs-workos-audit';
import { describe, expect, test, vi } from 'vitest';
import { AuditHooks } from '../../src/audit.hooks.js';
import { CapturedLogs } from '../support/captured-logs.js';
import { platforms, TestApp } from '../support/test-app.js';

@Controller()
class ThingsController {
  @Post('thing')
  @Audited('thing.make', { targets: { thing: 't1' } })
  make(): string {
    return 'made';
  }
}

type OnBuried = NonNullable<AuditModuleOptions['onBuried']>;
type OnDropped = NonNullable<AuditModuleOptions['onDropped']>;

const by = { actor: { id: 'a' }, organizationId: 'org_local' };
const hangs = (): Promise<void> => new Promise(() => {});
const later = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

function outboxWith(overrides: (outbox: AuditOutbox) => Partial<AuditOutbox>, capacity?: number): AuditOutbox {
  const outbox = memoryOutbox({ capacity });
  return Object.assign(outbox, overrides(outbox));
}

const failing = (): AuditOutbox => outboxWith(() => ({ append: () => Promise.reject(new Error('disk full')) }));

async function buriedOf(outbox: AuditOutbox): Promise<BuriedEntry[]> {
  const entries: BuriedEntry[] = [];
  for await (const entry of outbox.buried()) entries.push(entry);
  return entries;
}

describe.each(platforms)('on %s', (platform) => {
  const start = (audit: Partial<AuditModuleOptions>): Promise<TestApp> =>
    TestApp.start({ platform, controllers: [ThingsController], audit });

  test('onBuried gets each event that WorkOS will not take, as the outbox keeps it', async () => {
    const buried: BuriedEntry[] = [];
    const outbox = memoryOutbox();
    const app = await start({ outbox, onBuried: (entry) => void buried.push(entry) });
    app.workos.fail({ status: 503, times: 2 });
    app.workos.fail({ status: 422, times: 1 });
    await app.request('/thing');
    await expect.poll(() => buried.length).toBe(1);
    expect(buried[0]).toMatchObject({
      event: { action: 'thing.make', organizationId: 'org_local', actor: { id: 'user_ada' } },
      error: { status: 422, requestId: expect.any(String) as string, message: expect.any(String) as string },
      attempts: 3,
    });
    const [kept] = await buriedOf(outbox);
    expect(buried[0]).toEqual({ ...kept, buriedAt: expect.any(Number) as number });
    await app.request('/thing');
    await app.events(1);
    expect(buried).toHaveLength(1);
  });

  test('onDropped gets each event that the outbox did not take, with the reason', async () => {
    const dropped: [OutboxEntry, string][] = [];
    const app = await start({ outbox: failing(), onDropped: (...call) => void dropped.push(call) });
    expect((await app.request('/thing')).status).toBe(201);
    await expect.poll(() => dropped.length).toBe(1);
    const [line] = app.logs.find('error', 'Audit event dropped');
    expect(dropped).toEqual([[JSON.parse(line?.split('The event, whole: ')[1] ?? '') as OutboxEntry, 'disk full']]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('pager down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('pager down'))],
    ['hangs', hangs],
  ])('one that %s costs neither the request nor the shutdown', async (how, hook) => {
    const onDropped = vi.fn<OnDropped>(hook);
    const app = await start({ outbox: failing(), onDropped, delivery: { drainTimeoutMs: 100 } });
    const begun = performance.now();
    for (let i = 0; i < 3; i += 1) expect((await app.request('/thing')).status).toBe(201);
    expect(performance.now() - begun).toBeLessThan(1_000);
    await expect.poll(() => onDropped.mock.calls.length).toBe(3);
    const closing = performance.now();
    await app.close();
    expect(performance.now() - closing).toBeLessThan(2_000);
    const said = how === 'hangs' ? '3 calls of onBuried and onDropped were not over' : 'onDropped failed: pager down';
    expect(app.logs.find('error', said)).toHaveLength(1);
    expect((await app.audit.stats()).dropped).toBe(3);
  });
});

test('the request does not wait for a hook that takes its time, in code or in promises', async () => {
  const order: string[] = [];
  const onDropped = async (): Promise<void> => {
    order.push('hook begins');
    await later(100);
    order.push('hook ends');
  };
  const app = await TestApp.start({ audit: { outbox: failing(), onDropped } });
  await app.audit.record('a.b', by);
  order.push('recorded');
  await expect.poll(() => order).toEqual(['recorded', 'hook begins', 'hook ends']);
});

test('an event that is too old is buried with its last error', async () => {
  const buried: BuriedEntry[] = [];
  const app = await TestApp.start({
    audit: { onBuried: (entry) => void buried.push(entry), delivery: { maxAgeMs: 100 } },
  });
  app.workos.fail({ status: 503 });
  await app.audit.record('a.b', by);
  await expect.poll(() => buried.length).toBe(1);
  expect(buried[0]?.error.status).toBe(503);
  const attempts = app.workos.requests.filter(({ path }) => path === '/audit_logs/events');
  expect(buried[0]?.attempts).toBe(attempts.length);
});

describe('onDropped', () => {
  test('gets what a memory outbox loses at the shutdown, before it is over, and not what was buried before', async () => {
    const lost: [unknown, string][] = [];
    const onBuried = vi.fn<OnBuried>();
    const app = await TestApp.start({
      audit: {
        delivery: { drainTimeoutMs: 300, backoff: { minMs: 60_000 } },
        onBuried,
        onDropped: async ({ event }, reason) => {
          await later(100);
          lost.push([event.targets[0]?.id, reason]);
        },
      },
    });
    app.workos.fail({ status: 422, times: 1 });
    await app.audit.record('a.b', { ...by, targets: { thing: 'refused' } });
    await expect.poll(() => onBuried.mock.calls.length).toBe(1);
    app.workos.fail({ status: 503 });
    for (const thing of ['t1', 't2']) await app.audit.record('a.b', { ...by, targets: { thing } });
    const { audit } = app;
    await app.close();
    expect(lost.map(([, reason]) => reason)).toEqual(Array(2).fill('it was lost with the memory of the process'));
    expect(app.logs.find('error', 'Lost audit event')).toHaveLength(3);
    expect(await audit.stats()).toMatchObject({ recorded: 3, dropped: 2, pending: 0 });
  });

  test('gets the same when the outbox cannot say what it holds', async () => {
    const onDropped = vi.fn<OnDropped>();
    const outbox = outboxWith(() => ({ stats: () => Promise.reject(new Error('locked')) }));
    const app = await TestApp.start({ audit: { outbox, onDropped, delivery: { drainTimeoutMs: 50 } } });
    app.workos.fail({ status: 503 });
    await app.audit.record('a.b', by);
    await app.close();
    expect(onDropped).toHaveBeenCalledTimes(1);
    expect(app.logs.find('error', 'Lost audit event')).toHaveLength(1);
  });

  test('gets what no outbox was in time for', async () => {
    const onDropped = vi.fn<OnDropped>();
    const outbox = outboxWith(() => ({ append: hangs }));
    const app = await TestApp.start({ audit: { outbox, onDropped, appendTimeoutMs: 20 } });
    await app.audit.record('a.b', by);
    await expect
      .poll(() => onDropped.mock.calls)
      .toMatchObject([[{ event: { action: 'a.b' } }, 'it gave no answer within 20 ms']]);
  });

  test('gets what is left of an event that could not be made', async () => {
    const onDropped = vi.fn<OnDropped>();
    const app = await TestApp.start({ audit: { onDropped } });
    const hostile = Object.defineProperty({}, 'thing', {
      enumerable: true,
      get: () => {
        throw new Error('no peeking');
      },
    });
    await app.audit.record('a.b', { ...by, targets: hostile });
    await expect
      .poll(() => onDropped.mock.calls)
      .toMatchObject([[{ event: { action: 'a.b', organizationId: 'org_local', actor: { id: 'a' } } }, 'no peeking']]);
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, dropped: 1 });
  });
});

test('a storm of losses is passed on 16 at a time, and a hook that hangs blocks none for ever', async () => {
  const logs = new CapturedLogs();
  let running = 0;
  let most = 0;
  const onDropped = vi.fn<OnDropped>(() => {
    running += 1;
    most = Math.max(most, running);
    return new Promise<void>((resolve) => {
      const over = (): void => {
        running -= 1;
        resolve();
      };
      if (onDropped.mock.calls.length > 8) setTimeout(over, 1);
    });
  });
  const hooks = new AuditHooks({ onDropped }, logs, 50);
  for (let i = 0; i < 10_020; i += 1) hooks.dropped({ id: String(i) } as OutboxEntry, 'disk full');
  expect(onDropped).not.toHaveBeenCalled();
  await expect.poll(() => onDropped.mock.calls.length, { timeout: 10_000 }).toBe(10_000);
  await hooks.settle(1_000);
  expect(most).toBe(16 + 8); // those that hang are given up, and their places taken
  expect(logs.find('error', 'onDropped failed: gave no answer within 50 ms')).toHaveLength(1);
  expect(logs.find('error', 'The hook onDropped was not called: 10000 calls wait already')).toHaveLength(1);
});

test('hooks are functions', () => {
  const nonsense = { onBuried: 'mail', onDropped: {} } as unknown as Partial<AuditModuleOptions>;
  const start = (): Promise<TestApp> =>
    TestApp.start({ imports: [AuditModule.forRoot({ workos: { apiKey: 'sk_1' }, ...nonsense })] });
  return expect(start()).rejects.toThrow(
    new AuditConfigurationError('AuditModule.forRoot()', [
      '`onBuried` must be a function of the buried event',
      '`onDropped` must be a function of the dropped event',
    ]),
  );
});
