import { readFileSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AuditModule, AuditService, memoryOutbox } from 'nestjs-workos-audit';
import { AuditHealthIndicator } from 'nestjs-workos-audit/terminus';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { ReadinessController } from './readiness.controller.js';

test('a buried event is said by the health check, which keeps its 200; the table explains every counter', async () => {
  const workos = await LocalWorkOS.start(); // knows no schema, and so refuses
  @Module({
    imports: [
      TerminusModule,
      AuditModule.forRoot({ workos: { apiKey: workos.apiKey, ...workos.clientOptions }, outbox: memoryOutbox() }),
    ],
    controllers: [ReadinessController],
    providers: [AuditHealthIndicator],
  })
  class OperationsModule {}
  const app = await NestFactory.create(OperationsModule, { logger: false });
  await app.listen(0);
  const audit = app.get(AuditService);
  await audit.record('user.invite', {
    actor: { id: 'u1' },
    organizationId: 'org_local',
    targets: { user: 'u2' },
    metadata: { invited_email: 'b@x.org' },
  });
  await expect.poll(async () => (await audit.stats()).buried).toBe(1);
  const answer = await fetch(`${await app.getUrl()}/ready`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('degraded');

  const page = readFileSync(new URL('../../../docs/10-operations.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name);
  const { pending: _p, leased: _l, held: _h, oldestAgeMs: _o, paused: _q, ...counters } = await audit.stats();
  expect(rows.toSorted()).toEqual(Object.keys(counters).toSorted());
  await app.close();
  await workos.close();
});
