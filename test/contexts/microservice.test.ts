import { type CanActivate, Controller, type ExecutionContext, Injectable, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  RpcException,
  type TcpContext,
  Transport,
} from '@nestjs/microservices';
import { Audited, AuditModule, AuditService } from 'nestjs-workos-audit';
import { firstValueFrom, lastValueFrom, of } from 'rxjs';
import { expect, onTestFinished, test } from 'vitest';
import { ada, auditOptions, freePort, startLocalWorkOS } from '../support/test-app.js';

/** Stands for a guard that has checked a token which the message carries. */
@Injectable()
class MessageGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { token } = context.switchToRpc().getData<{ token?: string }>();
    if (token === 'ada') Object.assign(context.switchToRpc().getContext<TcpContext>(), { user: ada });
    return true;
  }
}

@Controller()
@UseGuards(MessageGuard)
class PostsController {
  constructor(private readonly audit: AuditService) {}

  @MessagePattern('posts.delete')
  @Audited('post.delete', { targets: { post: ({ body }) => body.id }, failure: 'post.delete_failed' })
  remove(@Payload() { id }: { id: string }) {
    if (id === 'missing') throw new RpcException('There is no such post');
    return { deleted: id };
  }

  @MessagePattern('posts.list')
  @Audited('post.list', { targets: { post: ({ result }) => result } })
  list() {
    return of('p1', 'p2');
  }

  @EventPattern('posts.imported')
  @Audited('post.create', { targets: { post: ({ body }) => body.id } })
  imported(@Payload() _post: { id: string }) {}

  @MessagePattern('posts.byHand')
  async byHand(@Payload() { organizationId }: { organizationId: string }) {
    await this.audit.record('post.create', { actor: { id: 'importer' }, organizationId, targets: { post: 'p9' } });
    return true;
  }
}

async function start() {
  const workos = await startLocalWorkOS();
  @Module({ imports: [AuditModule.forRoot(auditOptions(workos))], controllers: [PostsController] })
  class MessagesModule {}
  const options = { host: '127.0.0.1', port: await freePort() };
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(MessagesModule, {
    transport: Transport.TCP,
    options,
    logger: false,
  });
  await service.listen();
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  onTestFinished(async () => {
    client.close();
    await service.close();
  });
  return { workos, service, client };
}

test('messages and events over TCP are audited, with the user that a guard found', async () => {
  const { workos, client, service } = await start();
  expect(await firstValueFrom(client.send('posts.delete', { id: 'p1', token: 'ada' }))).toEqual({ deleted: 'p1' });
  await workos.waitForEvents(1);
  expect(await lastValueFrom(client.send('posts.list', { token: 'ada' }))).toBe('p2');
  await workos.waitForEvents(2);
  await lastValueFrom(client.emit('posts.imported', { id: 'p3', token: 'ada' }), { defaultValue: undefined });
  await workos.waitForEvents(3);
  await expect(firstValueFrom(client.send('posts.delete', { id: 'missing', token: 'ada' }))).rejects.toMatchObject({
    message: 'There is no such post',
  });
  await workos.waitForEvents(4);
  expect(await firstValueFrom(client.send('posts.byHand', { organizationId: 'org_local' }))).toBe(true);
  const events = await workos.waitForEvents(5);
  const told = events.map(
    ({ action, actor, targets }) =>
      `${action} ${actor.id} ${targets
        .filter(({ type }) => type === 'post')
        .map(({ id }) => id)
        .join()}`,
  );
  expect(told).toEqual([
    'post.delete user_ada p1',
    'post.list user_ada p2',
    'post.create user_ada p3',
    'post.delete_failed user_ada missing',
    'post.create importer p9',
  ]);
  expect(events[0]?.context.location).toMatch(/^(127\.0\.0\.1|internal)$/);
  expect(events[3]?.metadata).toMatchObject({ error_name: 'RpcException' });
  expect(
    service
      .get(AuditService)
      .handlers()
      .map(({ routes }) => routes[0]),
  ).toContain('message posts.delete');
});

test('a message says nothing that is believed of its sender', async () => {
  const { workos, client, service } = await start();
  await firstValueFrom(client.send('posts.delete', { id: 'p1', user: { id: 'admin', organizationId: 'org_local' } }));
  await expect.poll(async () => (await service.get(AuditService).stats()).skipped).toBe(1);
  expect(workos.events).toEqual([]);
});
