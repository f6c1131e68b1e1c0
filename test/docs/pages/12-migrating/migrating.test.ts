import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { FromCreateEventService } from './from-create-event.service.js';
import { FromMiddlewareController } from './from-middleware.controller.js';
import { PostsService } from './posts.service.js';

@Controller('imported')
class ImportedController {
  constructor(private readonly service: FromCreateEventService) {}

  @Post()
  async create(): Promise<void> {
    await this.service.created({ id: 'p2', title: 'Two' });
  }
}

test('what replaces the old ways makes the events', async () => {
  const workos = await LocalWorkOS.start({ schemas: 'open', seed: { organizations: [{ id: 'org_1', name: 'Acme' }] } });
  @Module({
    imports: [
      AuditModule.forRoot({
        workos: { apiKey: workos.apiKey, ...workos.clientOptions },
        outbox: memoryOutbox(),
        resolveActor: () => ({ actor: { id: 'prof_1', name: 'Ada Lovelace' }, organizationId: 'org_1' }),
      }),
    ],
    controllers: [FromMiddlewareController, ImportedController],
    providers: [PostsService, FromCreateEventService],
  })
  class MigratedModule {}
  const app = await NestFactory.create(MigratedModule, { logger: false });
  await app.listen(0);
  const headers = { authorization: 'Bearer ada' };
  await fetch(`${await app.getUrl()}/dashboard/posts/p1`, { method: 'DELETE', headers });
  await fetch(`${await app.getUrl()}/imported`, { method: 'POST', headers });
  const events = await workos.waitForEvents(2);
  expect(events.map(({ action, targets }) => `${action} ${targets.at(-1)?.id}`).toSorted()).toEqual([
    'post.create p2',
    'post.delete p1',
  ]);
  await app.close();
  await workos.close();
});
