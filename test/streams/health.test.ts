import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { AuditModule } from 'nestjs-workos-audit';
import { AuditLogStreamHealthIndicator, type AuditLogStreamHealthOptions } from 'nestjs-workos-audit/terminus';
import { describe, expect, test } from 'vitest';
import { auditOptions, platforms, startLocalWorkOS, TestApp } from '../support/test-app.js';

let options: AuditLogStreamHealthOptions;

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly stream: AuditLogStreamHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.stream.isHealthy('siem', options)]);
  }
}

/** A feature module that knows nothing of the AuditModule. */
@Module({ imports: [TerminusModule], controllers: [HealthController], providers: [AuditLogStreamHealthIndicator] })
class HealthModule {}

describe.each(platforms)('the health of a log stream, on %s', (platform) => {
  async function start() {
    const stream = (state: 'active' | 'inactive' | 'error' | 'invalid') => ({
      id: `org_${state}`,
      name: state,
      logStream: { type: 'Datadog' as const, state },
    });
    const workos = await startLocalWorkOS({
      seed: {
        organizations: [
          { id: 'org_none', name: 'None' },
          ...(['active', 'inactive', 'error', 'invalid'] as const).map(stream),
        ],
      },
    });
    const audit = AuditModule.forRoot(auditOptions(workos));
    const app = await TestApp.start({ platform, workos, imports: [audit, HealthModule] });
    const health = async (organizationId: string, more: Partial<AuditLogStreamHealthOptions> = {}) => {
      options = { organizationId, ...more };
      const response = await app.request('/health', { method: 'GET' });
      const { details } = (await response.json()) as { details: { siem: Record<string, unknown> } };
      return { code: response.status, siem: details.siem };
    };
    return { workos, health };
  }

  test('is up while it delivers, and while there is none', async () => {
    const { health } = await start();

    expect(await health('org_active')).toEqual({
      code: 200,
      siem: { status: 'up', type: 'Datadog', state: 'active', lastSyncedAt: null },
    });
    expect(await health('org_none')).toEqual({ code: 200, siem: { status: 'up' } });
    expect(await health('org_inactive')).toMatchObject({ code: 200, siem: { status: 'up', state: 'inactive' } });
  });

  test.each(['error', 'invalid'])('is down in state %s, or degraded, although events are accepted', async (state) => {
    const { health } = await start();

    const down = await health(`org_${state}`);

    expect(down).toMatchObject({ code: 503, siem: { status: 'down', state } });
    expect(down.siem['message']).toContain('events are accepted but do not reach it');
    expect(await health(`org_${state}`, { status: 'degraded' })).toMatchObject({
      code: 200,
      siem: { status: 'degraded' },
    });
  });

  test('is down without a stream where one is required', async () => {
    const { health } = await start();

    expect(await health('org_none', { required: true })).toEqual({
      code: 503,
      siem: { status: 'down', message: 'there is no log stream' },
    });
    expect((await health('org_inactive', { required: true })).siem['message']).toContain("in state 'inactive'");
    expect(await health('org_active', { required: true })).toMatchObject({ code: 200 });
  });

  test('asks WorkOS once for many probes, and again when the answer is old', async () => {
    const { workos, health } = await start();

    await Promise.all(Array.from({ length: 10 }, () => health('org_error')));
    await health('org_error');
    expect(workos.requests).toHaveLength(1);
    await health('org_active');
    expect(workos.requests).toHaveLength(2);
    await health('org_error', { cacheMs: 0 });
    expect(workos.requests).toHaveLength(3);
  });

  test('is down, within bounds, when WorkOS gives no answer, and asks again later', async () => {
    const { workos, health } = await start();
    workos.fail({ path: /configuration$/, hang: true });

    const down = await health('org_active', { timeoutMs: 50 });
    expect(down).toMatchObject({ code: 503, siem: { status: 'down' } });
    expect(down.siem['message']).toContain('WorkOS does not tell: gave no answer within 50 ms');
    await health('org_active');
    expect(workos.requests).toHaveLength(1);

    workos.heal();
    await expect.poll(async () => (await health('org_active', { cacheMs: 0 })).code).toBe(200);
    expect((await health('org_x')).siem['message']).toContain("Organization not found: 'org_x'");
  });
});
