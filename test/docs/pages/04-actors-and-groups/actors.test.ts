// The guard and the controller of "Actors and groups", on a LocalWorkOS with a directory.
import { Controller, Module, Post, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Audited, AuditModule, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test, vi } from 'vitest';
import { auditEvents } from './audit-events.js';
import { SessionGuard } from './session.guard.js';

test('groups are those of the directory, and a webhook changes them', async () => {
  const workos = await LocalWorkOS.start({
    schemas: 'open',
    seed: {
      organizations: [{ id: 'org_1', name: 'Acme' }],
      directories: [{ id: 'directory_1', name: 'Acme directory' }],
      groups: [{ id: 'directory_group_2', name: 'Authors' }],
      people: [{ email: 'ada@acme.example', directoryUserId: 'directory_user_1', groups: ['directory_group_2'] }],
    },
  });
  vi.stubEnv('WORKOS_WEBHOOK_SECRET', workos.webhookSecret);
  vi.stubEnv('WORKOS_API_KEY', workos.apiKey);
  const { WebhooksController } = await import('./webhooks.controller.js');

  @Controller('posts')
  class PostsController {
    @Post()
    @UseGuards(SessionGuard)
    @Audited('post.create', { targets: { post: 'p1' } })
    create(): string {
      return 'created';
    }
  }
  const audit = AuditModule.forRoot({
    workos: { apiKey: workos.apiKey, ...workos.clientOptions },
    events: auditEvents,
    outbox: memoryOutbox(),
  });
  @Module({ imports: [audit], controllers: [PostsController, WebhooksController] })
  class TestModule {}
  const app = await NestFactory.create(TestModule, { rawBody: true, logger: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  workos.addWebhook(`${url}/webhooks/workos`);
  const post = () => fetch(`${url}/posts`, { method: 'POST', headers: { authorization: 'Bearer ada' } });

  await post();
  workos.updatePerson('ada@acme.example', { groups: [] });
  expect(await workos.webhookDeliveries()).toMatchObject([{ event: 'dsync.group.user_removed', status: 200 }]);
  await post();

  const events = (await workos.waitForEvents(2)).toSorted((a, b) => a.occurredAt.localeCompare(b.occurredAt));
  const teams = events.map(({ targets }) => targets.flatMap(({ type, name }) => (type === 'team' ? name : [])));
  expect(teams).toEqual([['Authors'], []]);
  await app.close();
  await workos.close();
});
