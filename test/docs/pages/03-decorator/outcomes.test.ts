import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { auditEvents } from './audit-events.js';
import { OutcomesController } from './outcomes.controller.js';
import { PostsService } from './posts.service.js';
import { ReportsJob } from './reports.job.js';

test('the example of outcomes records success, failure and refusal', async () => {
  const workos = await LocalWorkOS.start({ schemas: 'open', seed: { organizations: [{ id: 'org_1', name: 'Acme' }] } });
  @Module({
    imports: [
      AuditModule.forRoot({
        workos: { apiKey: workos.apiKey, ...workos.clientOptions },
        events: auditEvents,
        outbox: memoryOutbox(),
        resolveActor: () => ({ actor: { id: 'prof_1' }, organizationId: 'org_1' }),
      }),
    ],
    controllers: [OutcomesController],
    providers: [PostsService, ReportsJob],
  })
  class OutcomesModule {}
  const app = await NestFactory.create(OutcomesModule, { logger: false });
  await app.listen(0);
  const remove = async (role: string): Promise<number> => {
    const answer = await fetch(`${await app.getUrl()}/outcomes/p1`, { method: 'DELETE', headers: { 'x-role': role } });
    return answer.status;
  };
  expect(await remove('admin')).toBe(200);
  expect(await remove('reader')).toBe(403);
  app.get(PostsService).remove = () => Promise.reject(new RangeError('gone'));
  expect(await remove('admin')).toBe(500);
  await expect(app.get(ReportsJob).run('org_1')).rejects.toThrow('gone');
  const events = await workos.waitForEvents(4);
  expect(events.map(({ action, metadata }) => [action, metadata]).toSorted()).toEqual([
    ['post.delete', {}],
    ['post.delete_denied', { error_status: 403 }],
    ['post.delete_failed', { error_name: 'RangeError', error_status: 500 }],
    ['post.delete_failed', { error_name: 'RangeError', error_status: 500 }],
  ]);
  await app.close();
  await workos.close();
});
