import { readFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { AuditModule, AuditService, type AuditOutbox, AuditOutboxError, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { auditEvents } from './audit-events.js';
import { job } from './job.main.js';
import { PayoutsController } from './payouts.controller.js';

let workos: LocalWorkOS;
beforeAll(async () => {
  workos = await LocalWorkOS.start({ schemas: 'open', seed: { organizations: [{ id: 'org_1', name: 'Acme' }] } });
  vi.stubEnv('WORKOS_API_KEY', workos.apiKey);
  vi.stubEnv('WORKOS_API_HOSTNAME', '127.0.0.1');
  vi.stubEnv('WORKOS_API_PORT', String(workos.port));
  vi.stubEnv('WORKOS_API_HTTPS', 'false');
});
afterAll(() => workos.close());

test('a job flushes what it recorded', async () => {
  expect(await job()).toBe(true);
  expect(workos.events.map(({ actor }) => actor.id)).toEqual(['nightly-clean-up']);
});

test('what cannot be audited is not done under write-ahead', async () => {
  const outbox: AuditOutbox = memoryOutbox();
  outbox.hold = () => Promise.reject(new AuditOutboxError('the disk is full'));
  const { 'post.delete': _, ...others } = auditEvents.events;
  expect(Object.keys(others)).toContain('post.create'); // the action below is without a catalogue, hence without `outcome`
  @Module({
    imports: [
      AuditModule.forRoot({
        workos: { apiKey: workos.apiKey, ...workos.clientOptions },
        outbox,
        resolveActor: () => ({ actor: { id: 'u1' }, organizationId: 'org_1' }),
      }),
    ],
    controllers: [PayoutsController],
  })
  class PayoutsModule {}
  const app = await NestFactory.create(PayoutsModule, { logger: false });
  await app.listen(0);
  const answer = await fetch(`${await app.getUrl()}/payouts/p1`, { method: 'DELETE' });
  expect(answer.status).toBe(503);
  await app.close();
});

test('the picture shows the states that the statistics count', async () => {
  const page = readFileSync(new URL('../../../docs/06-delivery.md', import.meta.url), 'utf8');
  const picture = /```mermaid\n(.*?)```/s.exec(page)?.[1] ?? '';
  const states = new Set(
    [...picture.matchAll(/^ *(\w+|\[\*\]) --> (\w+|\[\*\])/gm)].flatMap(([, a = '', b = '']) => [a, b]),
  );
  states.delete('[*]');
  @Module({ imports: [AuditModule.forRoot({ workos: { apiKey: 'sk_1' }, outbox: memoryOutbox() })] })
  class StatsModule {}
  const app = await NestFactory.createApplicationContext(StatsModule, { logger: false });
  const counted = Object.keys(await app.get(AuditService).stats());
  expect([...states].filter((state) => !counted.includes(state))).toEqual([]);
  await app.close();
});
