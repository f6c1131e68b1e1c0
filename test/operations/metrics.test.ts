import { readFile } from 'node:fs/promises';
import { ConflictException, Controller, Post } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { Audited, type AuditOutbox, defineAuditEvents, memoryOutbox } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { loadOpenTelemetry, type OpenTelemetry } from '../../src/telemetry/open-telemetry.js';
import { platforms, TestApp } from '../support/test-app.js';
import { CollectedMetrics } from './support/collected-metrics.js';

const events = defineAuditEvents(
  {
    'thing.make': { targets: ['thing'] },
    'thing.break': { targets: ['thing'], metadata: { outcome: 'string' } },
  },
  { actorTarget: false, groupTarget: false },
);

@Controller()
class ThingsController {
  @Post('thing')
  @Audited('thing.make', { targets: { thing: 't1' } })
  make(): string {
    return 'made';
  }

  @Post('degraded')
  @Audited('thing.make', {
    targets: {
      thing: () => {
        throw new Error('no such thing');
      },
    },
  })
  degraded(): void {}

  @Post('ahead')
  @Audited('thing.break', { guarantee: 'write-ahead', targets: { thing: 't1' } })
  ahead(): void {}

  @Post('ahead-and-fail')
  @Audited('thing.break', { guarantee: 'write-ahead', targets: { thing: 't1' } })
  fail(): never {
    throw new ConflictException();
  }
}

const by = { actor: { id: 'a' }, organizationId: 'org_local' };

function outboxWith(overrides: (outbox: AuditOutbox) => Partial<AuditOutbox>): AuditOutbox {
  const outbox = memoryOutbox();
  return Object.assign(outbox, overrides(outbox));
}

describe.each(platforms)('counters, on %s', (platform) => {
  const start = (audit = {}): Promise<TestApp> =>
    TestApp.start({ platform, controllers: [ThingsController], audit: { events, ...audit } });

  test('count by action what the statistics count', async () => {
    const collected = CollectedMetrics.install();
    const app = await start({ missingActor: 'skip' });
    await app.request('/thing');
    await app.request('/degraded');
    await app.request('/thing', { user: null });
    await app.events(2);
    app.workos.fail({ status: 503, times: 1 });
    app.workos.fail({ status: 422, times: 1 });
    await app.request('/ahead');
    await expect.poll(async () => (await app.audit.stats()).buried).toBe(1);
    const { points } = await collected.collect();
    expect(points).toMatchObject({
      'workos_audit.events.recorded{thing.make}': 2,
      'workos_audit.events.recorded{thing.break}': 1,
      'workos_audit.events.degraded{thing.make}': 1,
      'workos_audit.events.skipped{thing.make}': 1,
      'workos_audit.events.delivered{thing.make}': 2,
      'workos_audit.events.retried{thing.break}': 1,
      'workos_audit.events.buried{thing.break}': 1,
      'workos_audit.events.dropped{thing.make}': 0,
      'workos_audit.outbox.buried': 1,
    });
    const { recorded, degraded, skipped, delivered, retried } = await app.audit.stats();
    expect([recorded, degraded, skipped, delivered, retried]).toEqual([3, 1, 1, 2, 1]);
  });

  test('losses are there before they happen, at 0', async () => {
    const collected = CollectedMetrics.install();
    await start();
    const { points } = await collected.collect();
    for (const counter of ['dropped', 'buried']) {
      for (const action of ['thing.make', 'thing.break']) {
        expect(points).toHaveProperty([`workos_audit.events.${counter}{${action}}`], 0);
      }
    }
  });

  test('an intent is recorded once it is an event, and never when its handler failed', async () => {
    const collected = CollectedMetrics.install();
    const app = await start();
    expect((await app.request('/ahead-and-fail')).status).toBe(409);
    expect((await collected.collect()).points).not.toHaveProperty(['workos_audit.events.recorded{thing.break}']);
    await app.request('/ahead');
    expect((await collected.collect()).points).toHaveProperty(['workos_audit.events.recorded{thing.break}'], 1);
    expect((await app.audit.stats()).recorded).toBe(1);
  });
});

test('an intent that cannot be discarded is recorded, since it will be delivered', async () => {
  const collected = CollectedMetrics.install();
  const outbox = outboxWith(() => ({ discard: () => Promise.reject(new Error('disk full')) }));
  const app = await TestApp.start({ controllers: [ThingsController], audit: { events, outbox } });
  expect((await app.request('/ahead-and-fail')).status).toBe(409);
  expect(await app.audit.stats()).toMatchObject({ recorded: 1, degraded: 1, held: 1 });
  expect((await collected.collect()).points).toHaveProperty(['workos_audit.events.recorded{thing.break}'], 1);
});

test('without a catalogue actions may be without number, so they are no attribute', async () => {
  const collected = CollectedMetrics.install();
  const app = await TestApp.start();
  for (let i = 0; i < 3; i += 1) await app.audit.record(`thing.${i}`, by);
  await app.events(3);
  const { points } = await collected.collect();
  expect(points).toMatchObject({ 'workos_audit.events.recorded': 3, 'workos_audit.events.delivered': 3 });
  expect(Object.keys(points).filter((name) => name.includes('{'))).toEqual([]);
});

test('an action that has left the catalogue while its event waited is `_OTHER`', async () => {
  const collected = CollectedMetrics.install();
  const outbox = memoryOutbox();
  const app = await TestApp.start({ audit: { events, outbox } });
  const event = {
    organizationId: 'org_local',
    action: 'thing.gone',
    occurredAt: new Date().toISOString(),
    actor: { id: 'a', type: 'user', metadata: {} },
    targets: [],
    context: { location: 'internal' },
    metadata: {},
  };
  await outbox.append([{ id: 'e1', recordedAt: Date.now(), event }]);
  await app.events(1);
  expect((await collected.collect()).points).toHaveProperty(['workos_audit.events.delivered{_OTHER}'], 1);
});

describe('gauges', () => {
  test('tell where events are and how fast they leave', async () => {
    const collected = CollectedMetrics.install();
    const app = await TestApp.start({ audit: { delivery: { backoff: { minMs: 60_000, maxMs: 60_000 } } } });
    const idle = await collected.collect();
    expect(idle.points).toMatchObject({
      'workos_audit.outbox.pending': 0,
      'workos_audit.outbox.leased': 0,
      'workos_audit.outbox.held': 0,
      'workos_audit.outbox.buried': 0,
      'workos_audit.outbox.oldest_age': 0,
      'workos_audit.delivery.rate': 5_000,
      'workos_audit.delivery.paused': 0,
    });
    expect(idle.units).toMatchObject({
      'workos_audit.events.dropped': '{event}',
      'workos_audit.outbox.oldest_age': 's',
      'workos_audit.delivery.rate': '{event}/s',
    });
    app.workos.fail({ status: 429, times: 1 });
    await app.audit.record('a.b', by);
    await expect.poll(async () => (await app.audit.stats()).retried).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { points } = await collected.collect();
    expect(points).toMatchObject({ 'workos_audit.outbox.pending': 1, 'workos_audit.outbox.leased': 0 });
    expect(points['workos_audit.outbox.oldest_age']).toBeGreaterThan(0.04);
    expect(points['workos_audit.outbox.oldest_age']).toBeLessThan(5);
    expect(points['workos_audit.delivery.rate']).toBeLessThan(4_900);
  });

  test('tell that WorkOS refuses the key, and that it takes it again', async () => {
    const collected = CollectedMetrics.install();
    const app = await TestApp.start();
    app.workos.fail({ status: 401, times: 1 });
    await app.audit.record('a.b', by);
    const paused = async (): Promise<number | undefined> =>
      (await collected.collect()).points['workos_audit.delivery.paused'];
    await expect.poll(paused).toBe(1);
    await expect.poll(paused).toBe(0);
  });

  test('of an outbox that hangs are missing after a while; it is asked once, and all else is told', async () => {
    let asked = 0;
    const outbox = outboxWith(() => ({
      stats: () => {
        asked += 1;
        return new Promise(() => {});
      },
    }));
    const collected = CollectedMetrics.install();
    const app = await TestApp.start({ audit: { outbox, delivery: { drainTimeoutMs: 50 } } });
    await app.audit.record('a.b', by);
    await app.workos.waitForEvents(1);
    const begun = performance.now();
    const [{ points, errors }] = await Promise.all([collected.collect(), collected.collect()]);
    expect(performance.now() - begun).toBeLessThan(4_000);
    expect(errors).toEqual([]);
    expect(asked).toBe(1);
    expect(points).toMatchObject({ 'workos_audit.events.recorded': 1, 'workos_audit.delivery.paused': 0 });
    expect(points).not.toHaveProperty(['workos_audit.outbox.pending']);
    expect(app.logs.find('warn', 'The outbox (memory) gives no metrics: gave no answer within 2000 ms')).toHaveLength(
      1,
    );
  });

  test('of an outbox that fails are missing, and come back', async () => {
    let broken = true;
    const outbox = outboxWith(({ stats }) => ({
      stats: () => {
        if (broken) throw new Error('locked');
        return stats.call(outbox);
      },
    }));
    const collected = CollectedMetrics.install();
    const app = await TestApp.start({ audit: { outbox } });
    const failed = await collected.collect();
    expect(failed.errors).toEqual([]);
    expect(failed.points).not.toHaveProperty(['workos_audit.outbox.pending']);
    expect(app.logs.find('warn', 'gives no metrics: locked')).toHaveLength(1);
    broken = false;
    expect((await collected.collect()).points).toHaveProperty(['workos_audit.outbox.pending'], 0);
  });

  test('are gone after the shutdown, whose losses are counted', async () => {
    let asked = 0;
    const outbox = outboxWith(({ stats }) => ({
      stats: () => {
        asked += 1;
        return stats.call(outbox);
      },
    }));
    const collected = CollectedMetrics.install();
    const app = await TestApp.start({
      audit: { outbox, delivery: { drainTimeoutMs: 50, backoff: { minMs: 60_000 } } },
    });
    app.workos.fail({ status: 503 });
    await app.audit.record('a.b', by);
    await app.close();
    asked = 0;
    const { points, errors } = await collected.collect();
    expect(errors).toEqual([]);
    expect(points).toMatchObject({ 'workos_audit.events.recorded': 1, 'workos_audit.events.dropped': 1 });
    expect(asked).toBe(0);
    expect(app.logs.find('warn', 'gives no metrics')).toEqual([]);
  });
});

test('the README lists every metric', async () => {
  const collected = CollectedMetrics.install();
  const app = await TestApp.start({ controllers: [ThingsController], audit: { events } });
  await app.request('/thing');
  await app.events(1);
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const listed = [...readme.matchAll(/^\| (`workos_audit\..*?) +\|/gm)].flatMap(([, cell = '']) => {
    const [first = '', ...others] = [...cell.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name);
    return [first].concat(others.map((name) => first.replace(/\.\w+$/, name)));
  });
  expect(listed).toHaveLength(14);
  expect(listed).toEqual(expect.arrayContaining(Object.keys((await collected.collect()).units)));
});

describe('without metrics', () => {
  test('an SDK that throws costs a warning and nothing else', async () => {
    metrics.setGlobalMeterProvider({
      getMeter: () => {
        throw new Error('broken SDK');
      },
    });
    try {
      const app = await TestApp.start({ controllers: [ThingsController], audit: { events } });
      expect((await app.request('/thing')).status).toBe(201);
      await app.events(1);
      expect(app.logs.find('warn', 'Metrics are incomplete: broken SDK')).toHaveLength(1);
    } finally {
      metrics.disable();
    }
  });

  test('no SDK is no word worth', async () => {
    const app = await TestApp.start({ controllers: [ThingsController], audit: { events } });
    await app.request('/thing');
    await app.events(1);
    expect(app.logs.find('warn', 'etrics')).toEqual([]);
  });

  test.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])(
    'nor is an application without the API (%s)',
    async (code) => {
      const missing = (): Promise<OpenTelemetry> => Promise.reject(Object.assign(new Error('Cannot find'), { code }));
      const app = await TestApp.start();
      await expect(loadOpenTelemetry(missing)).resolves.toBeUndefined();
      expect(app.logs.find('warn', 'etrics')).toEqual([]);
      await expect(loadOpenTelemetry(() => Promise.reject(new Error('half installed')))).resolves.toBeUndefined();
      expect(app.logs.find('warn', 'There are no metrics: @opentelemetry/api cannot be loaded: half')).toHaveLength(1);
      await expect(loadOpenTelemetry()).resolves.toHaveProperty('metrics');
    },
  );
});
