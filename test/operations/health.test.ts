import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { AuditModule, type AuditOutbox, memoryOutbox } from 'nestjs-workos-audit';
import { AuditHealthIndicator, type AuditHealthOptions } from 'nestjs-workos-audit/terminus';
import { describe, expect, test } from 'vitest';
import { auditOptions, platforms, quickDelivery, startLocalWorkOS, TestApp } from '../support/test-app.js';

let options: AuditHealthOptions | undefined;

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly audit: AuditHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.audit.isHealthy('audit', options)]);
  }
}

/** A feature module that knows nothing of the AuditModule. */
@Module({ imports: [TerminusModule], controllers: [HealthController], providers: [AuditHealthIndicator] })
class HealthModule {}

const by = { actor: { id: 'a' }, organizationId: 'org_local' };

describe.each(platforms)('GET /health, on %s', (platform) => {
  async function start(overrides: (outbox: AuditOutbox) => Partial<AuditOutbox> = () => ({}), delivery = {}) {
    options = undefined;
    const outbox = memoryOutbox();
    Object.assign(outbox, overrides(outbox));
    const workos = await startLocalWorkOS();
    const audit = AuditModule.forRoot(
      auditOptions(workos, { outbox, delivery: { ...quickDelivery, ...delivery, drainTimeoutMs: 50 } }),
    );
    const app = await TestApp.start({ platform, workos, imports: [audit, HealthModule] });
    const health = async (with_?: AuditHealthOptions): Promise<{ code: number; audit: Record<string, unknown> }> => {
      options = with_;
      const response = await app.request('/health', { method: 'GET' });
      const { details } = (await response.json()) as { details: { audit: Record<string, unknown> } };
      return { code: response.status, audit: details.audit };
    };
    return { app, health };
  }

  test('is up while all is well, and says how it is', async () => {
    const { app, health } = await start();
    await app.audit.record('a.b', by);
    await app.events(1);
    expect(await health()).toEqual({
      code: 200,
      audit: { status: 'up', pending: 0, oldestAgeMs: 0, buried: 0, dropped: 0, paused: false },
    });
  });

  test('is down with an event that is buried, unless so many are allowed', async () => {
    const { app, health } = await start();
    app.workos.fail({ status: 422, times: 1 });
    await app.audit.record('a.b', by);
    await expect.poll(async () => (await app.audit.stats()).buried).toBe(1);
    expect(await health()).toMatchObject({
      code: 503,
      audit: { status: 'down', buried: 1, message: '1 events are buried, over 0' },
    });
    expect(await health({ maxBuried: 1 })).toMatchObject({ code: 200, audit: { status: 'up', buried: 1 } });
    expect(await health({ status: 'degraded' })).toMatchObject({
      code: 200,
      audit: { status: 'degraded', message: '1 events are buried, over 0' },
    });
  });

  test('is down when an event waits too long', async () => {
    const { app, health } = await start(undefined, { backoff: { minMs: 60_000, maxMs: 60_000 } });
    app.workos.fail({ status: 503 });
    await app.audit.record('a.b', by);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await health()).toMatchObject({ code: 200, audit: { status: 'up', pending: 1 } });
    const { code, audit } = await health({ maxOldestAgeMs: 40 });
    expect([code, audit['status']]).toEqual([503, 'down']);
    expect(audit['message']).toMatch(/^the oldest event waits for \d+ ms, over 40 ms$/);
  });

  test('has 15 minutes as the default, to the millisecond', async () => {
    let oldestAgeMs = 15 * 60_000;
    const stats = { pending: 1, leased: 0, held: 0, buried: 0 };
    const { health } = await start(() => ({ stats: async () => ({ ...stats, oldestAgeMs }) }));
    expect((await health()).code).toBe(200);
    oldestAgeMs += 1;
    expect((await health()).code).toBe(503);
  });

  test('is down while WorkOS refuses the key, unless that is no matter', async () => {
    const { app, health } = await start(undefined, { unauthorizedRetryMs: 60_000 });
    app.workos.fail({ status: 401 });
    await app.audit.record('a.b', by);
    await expect.poll(async () => (await app.audit.stats()).paused).toBe(true);
    expect(await health()).toMatchObject({
      code: 503,
      audit: { status: 'down', paused: true, message: 'WorkOS refuses the API key, so events wait' },
    });
    expect(await health({ pausedIsDown: false })).toMatchObject({ code: 200, audit: { status: 'up', paused: true } });
  });

  test('is down when the outbox fails, and says why', async () => {
    const { health } = await start(() => ({
      stats: () => {
        throw new Error('database is locked');
      },
    }));
    expect(await health({ status: 'degraded' })).toEqual({
      code: 503,
      audit: { status: 'down', message: 'the outbox does not answer: database is locked' },
    });
  });

  test('is down when the outbox hangs, which is asked once and not over and over', async () => {
    let asked = 0;
    const { app, health } = await start(() => ({
      stats: () => {
        asked += 1;
        return new Promise(() => {});
      },
    }));
    const begun = performance.now();
    const answers = await Promise.all([health({ timeoutMs: 50 }), health({ timeoutMs: 50 })]);
    expect(performance.now() - begun).toBeLessThan(1_000);
    for (const answer of answers) {
      expect(answer).toEqual({
        code: 503,
        audit: { status: 'down', message: 'the outbox does not answer: gave no answer within 50 ms' },
      });
    }
    expect(asked).toBe(1);
    const closing = performance.now();
    await app.close();
    expect(performance.now() - closing).toBeLessThan(2_000);
  });

  test('names what was lost', async () => {
    const { app, health } = await start(() => ({ append: () => Promise.reject(new Error('disk full')) }));
    await app.audit.record('a.b', by);
    expect(await health()).toMatchObject({ code: 200, audit: { status: 'up', dropped: 1 } });
  });
});
