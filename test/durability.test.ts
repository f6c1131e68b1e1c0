import { Agent, request } from 'node:http';
import { Controller, Post } from '@nestjs/common';
import { Audited, AuditOutboxError, type AuditOutbox, memoryOutbox } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { ada, platforms, TestApp } from './support/test-app.js';

@Controller()
class ThingsController {
  @Post('thing')
  @Audited('thing.make', { targets: { thing: 't1' } })
  make(): string {
    return 'made';
  }
}

/** Some wait for time-outs of ten seconds. */
const patience = { timeout: 60_000 };

const by = { actor: { id: 'a' }, organizationId: 'org_local' };

/** A memory outbox of which some methods are replaced. */
function outboxWith(overrides: (outbox: AuditOutbox) => Partial<AuditOutbox>, capacity?: number): AuditOutbox {
  const outbox = memoryOutbox({ capacity });
  return Object.assign(outbox, overrides(outbox));
}

describe.each(platforms)('an outbox that fails, on %s', (platform) => {
  const start = (outbox: AuditOutbox, more = {}): Promise<TestApp> =>
    TestApp.start({ platform, controllers: [ThingsController], audit: { outbox, ...more } });

  test('the request succeeds; the event is in the error log, whole, and counted as dropped', async () => {
    const app = await start(outboxWith(() => ({ append: () => Promise.reject(new Error('disk full')) })));
    const response = await app.request('/thing');
    expect([response.status, await response.text()]).toEqual([201, 'made']);
    const [line] = app.logs.find('error', 'Audit event dropped, the outbox (memory) did not take it: disk full');
    const entry = JSON.parse(line?.split('The event, whole: ')[1] ?? '') as unknown;
    expect(entry).toMatchObject({
      event: { action: 'thing.make', organizationId: 'org_local', actor: { id: 'user_ada' } },
    });
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, dropped: 1, delivered: 0, pending: 0 });
  });

  test('one that throws at once is no different', async () => {
    const app = await start(
      outboxWith(() => ({
        append: () => {
          throw new Error('broken');
        },
      })),
    );
    expect((await app.request('/thing')).status).toBe(201);
    expect((await app.audit.stats()).dropped).toBe(1);
  });

  test('one that hangs holds the response for appendTimeoutMs and no longer', async () => {
    const app = await start(
      outboxWith(() => ({ append: () => new Promise<void>(() => {}) })),
      { appendTimeoutMs: 40 },
    );
    expect((await app.request('/thing')).status).toBe(201);
    expect(app.logs.find('error', 'it gave no answer within 40 ms')).toHaveLength(1);
    expect((await app.audit.stats()).dropped).toBe(1);
  });

  test('one that is late after all is not counted as dropped', async () => {
    const outbox = outboxWith(({ append }) => ({
      append: async (entries) => {
        await new Promise((resolve) => setTimeout(resolve, 120));
        await append.call(outbox, entries);
      },
    }));
    const app = await start(outbox, { appendTimeoutMs: 40 });
    expect((await app.request('/thing')).status).toBe(201);
    expect((await app.audit.stats()).dropped).toBe(1);
    await app.events(1);
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, dropped: 0, delivered: 1 });
    expect(app.logs.find('warn', 'was stored after all')).toHaveLength(1);
  });

  test('one that is full says what to do', async () => {
    const app = await start(memoryOutbox({ capacity: 2 }));
    app.workos.fail({ hang: true });
    for (let i = 0; i < 3; i += 1) expect((await app.request('/thing')).status).toBe(201);
    expect(
      app.logs.find('error', 'The memory outbox is full (2 of 2 events). Raise memoryOutbox({ capacity })'),
    ).toHaveLength(1);
    expect(await app.audit.stats()).toMatchObject({ recorded: 3, dropped: 1 });
  });
});

describe('an outbox that fails while delivering', () => {
  test('claims that fail are tried again', async () => {
    let failures = 2;
    const outbox = outboxWith(({ claim }) => ({
      claim: async (limit, leaseMs) => {
        failures -= 1;
        if (failures >= 0) throw new Error('locked');
        return claim.call(outbox, limit, leaseMs);
      },
    }));
    const app = await TestApp.start({ audit: { outbox } });
    await app.audit.record('a.b', by);
    await app.events(1);
    expect(app.logs.find('error', 'The outbox (memory) gives no events: locked')).not.toHaveLength(0);
  });

  test('an event whose delivery could not be noted is sent again after its lease, and WorkOS takes it once', async () => {
    let failures = 1;
    const outbox = outboxWith(({ claim, complete }) => ({
      claim: (limit) => claim.call(outbox, limit, 50),
      complete: async (ids) => {
        failures -= 1;
        if (failures >= 0) throw new Error('locked');
        await complete.call(outbox, ids);
      },
    }));
    const app = await TestApp.start({ audit: { outbox } });
    await app.audit.record('a.b', by);
    await expect.poll(async () => (await app.audit.stats()).delivered).toBe(1);
    await app.events(1);
    expect(app.workos.requests.filter(({ path }) => path === '/audit_logs/events')).toHaveLength(2);
    expect(app.logs.find('error', 'could not note what became of event')).toHaveLength(1);
  });
});

describe('shutdown', () => {
  test('sends what waits before the application is gone', async () => {
    const app = await TestApp.start({
      audit: { delivery: { drainTimeoutMs: 5_000, ratePerSecond: 60, concurrency: 1 } },
    });
    await Promise.all(Array.from({ length: 20 }, (_, i) => app.audit.record('a.b', { ...by, targets: { thing: i } })));
    expect(app.workos.events.length).toBeLessThan(20);
    await app.close();
    expect(app.workos.events).toHaveLength(20);
    expect(app.logs.text).not.toContain('lost');
  });

  test('waits for the request that is being served, since the server stops first', async () => {
    @Controller()
    class SlowController {
      @Post('slow')
      @Audited('thing.slow')
      slow(): Promise<string> {
        return new Promise((resolve) => setTimeout(() => resolve('ok'), 150));
      }
    }
    const app = await TestApp.start({ controllers: [SlowController], keepConnections: true });
    const pending = app.request('/slow', { headers: { connection: 'close' } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await app.close();
    expect((await pending).status).toBe(201);
    expect(app.workos.events).toHaveLength(1);
  });

  test('prints whole what a memory outbox loses, and counts it', async () => {
    const app = await TestApp.start({ audit: { delivery: { drainTimeoutMs: 50, backoff: { minMs: 60_000 } } } });
    app.workos.fail({ status: 503 });
    for (let i = 0; i < 3; i += 1) await app.audit.record('a.b', { ...by, targets: { thing: i } });
    const { audit } = app;
    await app.close();
    expect(app.logs.find('error', '3 audit events are lost with the memory of the process')).toHaveLength(1);
    const lost = app.logs
      .find('error', 'Lost audit event: ')
      .map((line) => JSON.parse(line.split('event: ')[1] ?? '') as never);
    expect(lost).toHaveLength(3);
    expect(lost[0]).toMatchObject({ event: { action: 'a.b', organizationId: 'org_local' } });
    expect(await audit.stats()).toMatchObject({ recorded: 3, delivered: 0, dropped: 3, pending: 0 });
  });

  test('what was buried in memory is printed too, and the statistics still add up', async () => {
    const app = await TestApp.start({ audit: { delivery: { drainTimeoutMs: 50, backoff: { minMs: 60_000 } } } });
    const { audit } = app;
    await audit.record('a.b', by);
    await app.events(1);
    app.workos.fail({ status: 422, times: 1 });
    await audit.record('a.c', by);
    await expect.poll(async () => (await audit.stats()).buried).toBe(1);
    app.workos.fail({ status: 503 });
    for (let i = 0; i < 2; i += 1) await audit.record('a.d', by);
    await app.close();
    const lost = app.logs.find('error', 'Lost audit event: ').map((line) => /"action":"(a\..)"/.exec(line)?.[1]);
    expect(lost.toSorted()).toEqual(['a.c', 'a.d', 'a.d']);
    expect(await audit.stats()).toMatchObject({
      recorded: 4,
      delivered: 1,
      buried: 1,
      dropped: 2,
      pending: 0,
      leased: 0,
    });
  });

  test('an outbox that hangs when it is told holds it for the request time-out and ten seconds', patience, async () => {
    const outbox = outboxWith(() => ({ name: 'stuck', abandon: undefined, complete: () => new Promise(() => {}) }));
    const app = await TestApp.start({ audit: { outbox, delivery: { timeoutMs: 200, drainTimeoutMs: 50 } } });
    await app.audit.record('a.b', by);
    await app.workos.waitForEvents(1);
    await app.close();
    expect(app.logs.find('error', 'The outbox (stuck) gave no answer within 10200 ms')).toHaveLength(1);
    expect(app.logs.find('log', '1 audit events wait in the outbox (stuck) for the next start')).toHaveLength(1);
  });

  describe('with clients that go on asking over connections that are open, on Express', () => {
    @Controller()
    class BusyController {
      @Post('busy')
      @Audited('thing.make')
      make(): Promise<string> {
        return new Promise((resolve) => setTimeout(() => resolve('made'), 20));
      }
    }

    async function busy(
      return503OnClosing: boolean,
    ): Promise<{ app: TestApp; answered: number[]; end(): Promise<void> }> {
      const app = await TestApp.start({ controllers: [BusyController], keepConnections: true, return503OnClosing });
      const agent = new Agent({ keepAlive: true, maxSockets: 4 });
      const answered: number[] = [];
      const state = { asks: true };
      const ask = (): Promise<void> =>
        new Promise((resolve) => {
          const headers = { 'x-user': JSON.stringify(ada) };
          const sent = request(`${app.url}/busy`, { method: 'POST', agent, headers }, (response) => {
            answered.push(response.statusCode ?? 0);
            response.resume().once('close', resolve);
          });
          sent.once('error', () => setTimeout(resolve, 5));
          sent.end();
        });
      const clients = Array.from({ length: 4 }, async () => {
        while (state.asks) await ask();
      });
      await expect.poll(() => answered.length).toBeGreaterThan(20);
      const end = async (): Promise<void> => {
        state.asks = false;
        await Promise.all(clients);
        agent.destroy();
      };
      return { app, answered, end };
    }

    test(
      'Nest’s return503OnClosing lets it end, and all that was answered before has its event',
      patience,
      async () => {
        const { app, answered, end } = await busy(true);
        await app.close();
        await end();
        expect(app.workos.events).toHaveLength(answered.filter((status) => status === 201).length);
      },
    );

    test('without it, it waits for them', patience, async () => {
      const { app, answered, end } = await busy(false);
      const closing = app.close().then(() => 'closed');
      const waited = new Promise((resolve) => setTimeout(() => resolve('waits'), 500));
      expect(await Promise.race([closing, waited])).toBe('waits');
      await end();
      expect(await closing).toBe('closed');
      expect(app.workos.events).toHaveLength(answered.length);
    });
  });

  test('a durable outbox is told to wait for the next start, without waiting for what is due later', async () => {
    const outbox = outboxWith(() => ({ name: 'durable', abandon: undefined }));
    const app = await TestApp.start({
      audit: { outbox, delivery: { drainTimeoutMs: 10_000, backoff: { minMs: 60_000 } } },
    });
    app.workos.fail({ status: 503 });
    await app.audit.record('a.b', by);
    const before = performance.now();
    await app.close();
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(app.logs.find('log', '1 audit events wait in the outbox (durable) for the next start')).toHaveLength(1);
  });

  test('a WorkOS that hangs holds it no longer than drain and request time-outs', async () => {
    const app = await TestApp.start({ audit: { delivery: { drainTimeoutMs: 50, timeoutMs: 200 } } });
    app.workos.fail({ hang: true });
    await app.audit.record('a.b', by);
    await app.close();
    expect(app.logs.find('error', 'Lost audit event')).toHaveLength(1);
  });

  test('record() after the shutdown is not lost in silence', async () => {
    const app = await TestApp.start();
    await app.close();
    await app.audit.record('a.b', by);
    expect(
      app.logs.find('error', 'Audit event dropped, the outbox (memory) did not take it: The memory outbox is closed'),
    ).toHaveLength(1);
  });
});

test('flush() sends what waits and answers whether it could', async () => {
  const app = await TestApp.start({ audit: { delivery: { backoff: { minMs: 60_000 } } } });
  await Promise.all(Array.from({ length: 50 }, (_, i) => app.audit.record('a.b', { ...by, targets: { thing: i } })));
  expect(await app.audit.flush()).toBe(true);
  expect(app.workos.events).toHaveLength(50);
  app.workos.fail({ status: 503 });
  await app.audit.record('a.b', by);
  expect(await app.audit.flush({ timeoutMs: 100 })).toBe(false);
});

test('a memory outbox of no size is refused', () => {
  expect(() => memoryOutbox({ capacity: 0 })).toThrow(AuditOutboxError);
  expect(() => memoryOutbox({ capacity: 1.5 })).toThrow('must be a whole number of at least 1, not 1.5');
});
