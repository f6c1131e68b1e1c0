import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { Audited, AuditService } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { ada, platforms, TestApp } from '../support/test-app.js';

/** Stands for a guard that has checked a ticket. */
@Injectable()
class TicketGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { ticket } = context.switchToWs().getData<{ ticket?: string }>();
    if (ticket === 'ada') Object.assign(context.switchToWs().getClient<object>(), { user: ada });
    return true;
  }
}

@WebSocketGateway()
@UseGuards(TicketGuard)
class PostsGateway {
  constructor(private readonly audit: AuditService) {}

  @SubscribeMessage('delete')
  @Audited('post.delete', { targets: { post: ({ body }) => body.id }, failure: 'post.delete_failed' })
  remove(@MessageBody() { id }: { id: string }) {
    if (id === 'missing') throw new WsException('There is no such post');
    this.audit.annotate({ metadata: { title: 'Hello' } });
    return { event: 'deleted', data: id };
  }
}

describe.each(platforms)('%s: a gateway', (platform) => {
  test('its messages are audited, with the user that a guard found and the address of the client', async () => {
    const app = await TestApp.start({
      platform,
      providers: [PostsGateway],
      guard: false,
      adapter: (nest) => new WsAdapter(nest),
    });
    const socket = new WebSocket(app.url.replace('http', 'ws'));
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    const send = (data: object) => socket.send(JSON.stringify({ event: 'delete', data }));
    const answer = new Promise<string>((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true });
    });
    send({ id: 'p1', ticket: 'ada' });
    expect(JSON.parse(await answer)).toEqual({ event: 'deleted', data: 'p1' });
    await app.events(1);
    send({ id: 'missing', ticket: 'ada' });
    const events = await app.events(2);
    expect(events).toMatchObject([
      {
        action: 'post.delete',
        actor: { id: ada.id },
        context: { location: '127.0.0.1' },
        metadata: { title: 'Hello' },
      },
      { action: 'post.delete_failed', actor: { id: ada.id }, metadata: { error_name: 'WsException' } },
    ]);
    expect(events[0]?.targets.at(-1)).toMatchObject({ type: 'post', id: 'p1' });
    socket.close();
  });
});
