import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { AnnotatedController } from './annotated.controller.js';
import { auditEvents } from './audit-events.js';
import { CleanUpService } from './clean-up.service.js';
import { ConditionalController } from './conditional.controller.js';
import { PostsService } from './posts.service.js';
import { sessions } from './sessions.js';
import { TargetsController } from './targets.controller.js';
import { TypedController } from './typed.controller.js';

test('each example of the chapter makes the event that it describes', async () => {
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
    controllers: [TargetsController, TypedController, AnnotatedController, ConditionalController],
    providers: [PostsService, CleanUpService],
  })
  class ChapterModule {}
  const app = await NestFactory.create(ChapterModule, { logger: false });
  await app.listen(0);
  const url = await app.getUrl();
  const headers = { authorization: 'Bearer ada', 'content-type': 'application/json' };
  expect(sessions.userOf(headers.authorization)).toBeDefined();
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    expect(answer.ok, `${method} ${path}`).toBe(true);
  };
  await call('POST', '/articles', { title: 'One' });
  await call('DELETE', '/articles/p2');
  await call('POST', '/articles/deletions', { ids: ['p3', 'p4'] });
  await call('POST', '/typed', { title: 'Five' });
  await call('DELETE', '/annotated/p6');
  await call('POST', '/conditional', { draft: true });
  await call('POST', '/conditional', { reviewer: { id: 'u7', email: 'r@x.org' } });
  await app.get(CleanUpService).nightly('org_1');
  await app.get(CleanUpService).imported('p8', 'Eight', new Date('2026-01-02T03:04:05Z'));
  const events = await workos.waitForEvents(9);
  const told = events.map(({ action, actor, targets, metadata }) => {
    const ids = targets.filter(({ type }) => type === 'post' || action === 'user.invite').map(({ id }) => id);
    return [action, actor.id, ids.join(), metadata?.['title'] ?? metadata?.['invited_email']].join(' ').trim();
  });
  expect(told.toSorted()).toEqual(
    [
      'post.create prof_1 p1',
      'post.delete prof_1 p2 Hello',
      'post.delete prof_1 p3,p4',
      'post.create prof_1 p1',
      'post.delete prof_1 p6 Hello',
      'post.create prof_1 p1',
      'user.invite prof_1 prof_1,u7 r@x.org',
      'post.delete nightly-clean-up p1 Old',
      'post.create importer p8',
    ].toSorted(),
  );
  expect(events.find(({ actor }) => actor.id === 'importer')?.occurredAt).toBe('2026-01-02T03:04:05.000Z');
  await app.close();
  await workos.close();
});
