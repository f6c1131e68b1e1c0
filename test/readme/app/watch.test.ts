// What "Watch it" of the README shows, in an application whose events WorkOS refuses.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, AuditService, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { auditAlerts } from './audit.alerts.js';
import { HealthModule } from './health.module.js';
import { pager } from './pager.js';

test('an event that WorkOS refuses pages a person, and the application is not healthy', async () => {
  const workos = await LocalWorkOS.start(); // knows no schema
  const audit = AuditModule.forRoot({
    workos: { apiKey: workos.apiKey, ...workos.clientOptions },
    outbox: memoryOutbox(),
    ...auditAlerts,
  });
  @Module({ imports: [audit, HealthModule] })
  class WatchedModule {}
  const app = await NestFactory.create(WatchedModule, { logger: false });
  await app.listen(0);
  const url = await app.getUrl();
  expect((await fetch(`${url}/health`)).status).toBe(200);
  await app.get(AuditService).record('user.invite', {
    actor: { id: 'prof_1' },
    organizationId: 'org_local',
    targets: { user: 'prof_2' },
    metadata: { invited_email: 'b@x.org' },
  });
  await expect.poll(() => pager.alerts).toEqual([expect.stringMatching(/^WorkOS refuses 'user.invite': /)]);
  expect((await fetch(`${url}/health`)).status).toBe(503);
  await app.close();
  await workos.close();
});
