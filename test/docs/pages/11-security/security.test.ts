import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, AuditService, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { redacted } from './redacted.options.js';

test('the options of the chapter redact what they name', async () => {
  const workos = await LocalWorkOS.start({ schemas: 'open' });
  const audit = { workos: { apiKey: workos.apiKey, ...workos.clientOptions }, outbox: memoryOutbox(), ...redacted };
  @Module({ imports: [AuditModule.forRoot(audit)] })
  class RedactedModule {}
  const app = await NestFactory.createApplicationContext(RedactedModule, { logger: false });
  await app.get(AuditService).record('post.create', {
    actor: { id: 'u1' },
    organizationId: 'org_local',
    targets: { post: 'p1' },
    metadata: { Password: 'hunter2', api_token: 't', title: 'kept' },
  });
  const [event] = await workos.waitForEvents(1);
  expect(event?.metadata).toEqual({ Password: '[redacted]', api_token: '[redacted]', title: 'kept' });
  await app.close();
  await workos.close();
});
