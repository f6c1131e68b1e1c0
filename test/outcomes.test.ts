import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BadRequestException,
  Body,
  type CanActivate,
  Controller,
  Delete,
  type ExecutionContext,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  type NestInterceptor,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Sse,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Audited, AuditService, defineAuditEvents, memoryOutbox, optional } from 'nestjs-workos-audit';
import { type Observable, throwError, timeout } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ada, HeaderGuard, platforms, TestApp } from './support/test-app.js';

/** Refuses with the status that the request names, after a while. */
@Injectable()
class RolesGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    await sleep(Number(headers['x-delay'] ?? 0));
    if (headers['x-refuse'] === '401') throw new UnauthorizedException();
    if (headers['x-refuse'] === '418') throw new HttpException('teapot', 418);
    return headers['x-refuse'] !== '403';
  }
}

@Injectable()
class RefusingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: { handle(): Observable<unknown> }): Observable<unknown> {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['x-interceptor'] === 'before') throw new ForbiddenException();
    return next.handle().pipe(timeout(200));
  }
}

class TitleIsTakenError extends Error {}

const outcomes = { failure: 'post.delete_failed', denied: 'post.delete_denied' } as const;
const post = ({ params }: { params: Readonly<Record<string, string>> }) => params['id'] as string;

@Controller('posts')
@UseGuards(RolesGuard)
@UseInterceptors(RefusingInterceptor)
class PostsController {
  constructor(private readonly audit: AuditService) {}

  @Delete(':id')
  @Audited('post.delete', { ...outcomes, targets: { post }, metadata: { why: 'because' } })
  remove(@Param('id') id: string) {
    if (id === 'missing') throw new NotFoundException('No post with that secret');
    if (id === 'forbidden') throw new ForbiddenException();
    if (id === 'taken') throw new TitleIsTakenError('taken');
    if (id === 'text') throw 'a text';
    if (id === 'slow') return sleep(600);
    if (id === 'annotated') {
      this.audit.annotate({ metadata: { title: 'Hello' } });
      throw new BadRequestException();
    }
    return { id };
  }

  @Post()
  @Audited('post.create', { failure: 'post.create_failed', targets: { post: ({ result }) => result.id } })
  create(@Body() body: { title?: string }) {
    if (!body.title) throw new BadRequestException('The title is missing');
    return { id: 'p1' };
  }

  @Post('told')
  @Audited('post.create', {
    failure: { action: 'post.create_failed', message: true },
    targets: { post: ({ error }) => String(error) },
  })
  told() {
    throw new TitleIsTakenError('The title is taken');
  }

  @Post(':id/numbers')
  @Audited('post.count', { failure: 'post.count_failed' })
  numbers(@Param('id', ParseIntPipe) id: number) {
    return { id };
  }

  @Post(':id/stream')
  @Audited('post.stream', { failure: 'post.stream_failed' })
  stream() {
    return throwError(() => new NotFoundException());
  }

  @Sse(':id/events')
  @Audited('post.watch', { failure: 'post.watch_failed' })
  events() {
    return throwError(() => new NotFoundException());
  }

  @Post(':id/only-denied')
  @Audited('post.publish', { denied: 'post.publish_denied', targets: { post } })
  onlyDenied(@Param('id') id: string) {
    if (id === 'forbidden') throw new ForbiddenException();
    if (id === 'missing') throw new NotFoundException();
    return { id };
  }

  @Post(':id/anonymous')
  @Audited('post.read', { denied: { action: 'post.read_denied', anonymous: true }, targets: { post } })
  anonymous() {
    return {};
  }

  @Post(':id/plain')
  @Audited('post.plain', { targets: { post } })
  plain(@Param('id') id: string) {
    if (id === 'missing') throw new NotFoundException();
    return {};
  }

  @Get('free')
  free() {
    return {};
  }
}

/** Finds the user and refuses, for the whole application and before the controllers' guards. */
@Injectable()
class TenantGuard extends HeaderGuard {
  override canActivate(context: ExecutionContext): boolean {
    super.canActivate(context);
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-tenant'] !== 'other';
  }
}

const providers = [{ provide: APP_GUARD, useClass: TenantGuard }];

/** What an event says of its outcome. */
function told({ action, targets, metadata, actor }: Awaited<ReturnType<TestApp['events']>>[number]) {
  const posts = targets.filter(({ type }) => type === 'post').map(({ id }) => id);
  return { action, posts, metadata, actor: actor.id };
}

describe.each(platforms)('%s: outcomes', (platform) => {
  const start = (options: Parameters<typeof TestApp.start>[0] = {}) =>
    TestApp.start({ platform, controllers: [PostsController], providers, ...options });

  /** The one event of a request. */
  async function eventOf(app: TestApp, path: string, init: Parameters<TestApp['request']>[1] = {}) {
    const before = app.workos.events.length;
    const { status } = await app.request(path, init);
    const events = await app.events(before + 1);
    return { status, ...told(events[before] as never) };
  }

  test('a handler that throws: the action of the failure, with the name and the status of the error, never its message', async () => {
    const app = await start();
    const remove = (id: string) => eventOf(app, `/posts/${id}`, { method: 'DELETE' });
    expect(await remove('p1')).toMatchObject({ status: 200, action: 'post.delete', metadata: { why: 'because' } });
    expect(await remove('missing')).toEqual({
      status: 404,
      action: 'post.delete_failed',
      posts: ['missing'],
      metadata: { why: 'because', error_name: 'NotFoundException', error_status: 404 },
      actor: ada.id,
    });
    expect(await remove('taken')).toMatchObject({
      status: 500,
      metadata: { error_name: 'TitleIsTakenError', error_status: 500 },
    });
    expect(await remove('text')).toMatchObject({ status: 500, metadata: { error_name: 'string', error_status: 500 } });
    // The handler refused, and not a guard: it is the failure of the handler.
    expect(await remove('forbidden')).toMatchObject({
      status: 403,
      action: 'post.delete_failed',
      metadata: { error_status: 403 },
    });
    expect(await remove('annotated')).toMatchObject({ action: 'post.delete_failed', metadata: { title: 'Hello' } });
    expect(JSON.stringify(app.workos.events)).not.toContain('secret');
    expect(await app.audit.stats()).toMatchObject({ recorded: 6, degraded: 0, dropped: 0, skipped: 0 });
  });

  test('what only the result knows is left out, and the message is there where it is asked for', async () => {
    const app = await start();
    const json = { headers: { 'content-type': 'application/json' } };
    expect(await eventOf(app, '/posts', { ...json, body: '{}' })).toMatchObject({
      action: 'post.create_failed',
      posts: [],
    });
    expect(await eventOf(app, '/posts/told')).toMatchObject({
      action: 'post.create_failed',
      posts: ['Error: The title is taken'],
      metadata: { error_message: 'The title is taken', error_name: 'TitleIsTakenError' },
    });
  });

  test.each([
    ['a pipe that refuses', '/posts/x/numbers', 'POST', 400, 'post.count_failed', 'BadRequestException'],
    ['an Observable that errors', '/posts/x/stream', 'POST', 404, 'post.stream_failed', 'NotFoundException'],
    ['an SSE stream that errors', '/posts/x/events', 'GET', 200, 'post.watch_failed', 'NotFoundException'],
  ])('%s is a failure', async (_what, path, method, _status, action, name) => {
    const app = await start();
    expect(await eventOf(app, path, { method })).toMatchObject({ action, metadata: { error_name: name } });
  });

  test('without `failure` a handler that throws records nothing', async () => {
    const app = await start();
    expect((await app.request('/posts/missing/plain')).status).toBe(404);
    expect((await app.request('/posts/missing/only-denied')).status).toBe(404);
    await app.events(0);
  });

  test.each([
    ['a guard of the controller', { 'x-refuse': '403' }],
    ['a guard of the application', { 'x-tenant': 'other' }],
    ['an interceptor before the handler', { 'x-interceptor': 'before' }],
    ['401 by a guard, although somebody is known', { 'x-refuse': '401' }],
  ])('%s that refuses: the denied action, by whoever was refused', async (_what, headers) => {
    const app = await start();
    expect(await eventOf(app, '/posts/p1', { method: 'DELETE', headers: headers as never })).toEqual({
      status: 'x-refuse' in headers ? Number(headers['x-refuse']) : 403,
      action: 'post.delete_denied',
      posts: ['p1'],
      metadata: { why: 'because', error_status: 'x-refuse' in headers ? Number(headers['x-refuse']) : 403 },
      actor: ada.id,
    });
    expect(app.workos.events[0]?.context).toMatchObject({ location: '127.0.0.1' });
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, degraded: 0, skipped: 0 });
  });

  test('the handler that refuses is denied where only that is asked for', async () => {
    const app = await start();
    expect(await eventOf(app, '/posts/forbidden/only-denied')).toMatchObject({ action: 'post.publish_denied' });
    expect(await eventOf(app, '/posts/p1/only-denied')).toMatchObject({ action: 'post.publish' });
  });

  test('401 without an actor records nothing, unless it is asked for; other refusals are none', async () => {
    const app = await start({ audit: { organization: () => 'org_local' } });
    const headers = { 'x-refuse': '401' };
    expect((await app.request('/posts/p1', { method: 'DELETE', headers, user: null })).status).toBe(401);
    expect((await app.request('/posts/p1', { method: 'DELETE', headers: { 'x-refuse': '418' } })).status).toBe(418);
    expect((await app.request('/posts/p1/plain', { headers: { 'x-refuse': '403' } })).status).toBe(403);
    expect((await app.request('/nowhere')).status).toBe(404);
    await app.events(0);
    expect(await app.audit.stats()).toMatchObject({ recorded: 0, skipped: 0 });
    expect(await eventOf(app, '/posts/p1/anonymous', { headers, user: null })).toMatchObject({
      action: 'post.read_denied',
      actor: 'anonymous',
    });
  });

  test('403 without an actor follows `missingActor`', async () => {
    const app = await start();
    await app.request('/posts/p1', { method: 'DELETE', headers: { 'x-refuse': '403' }, user: null });
    await expect.poll(async () => (await app.audit.stats()).skipped).toBe(1);
    await app.events(0);
  });

  test('an answer given up by a timeout does not make two events: the handler went on, and succeeded', async () => {
    const app = await start();
    const { status } = await app.request('/posts/slow', { method: 'DELETE' });
    expect(status).toBe(500);
    expect((await app.events(1)).map(({ action }) => action)).toEqual(['post.delete']);
  });

  test('a client that leaves before its guard refuses is recorded all the same', async () => {
    const app = await start();
    const { port } = new URL(app.url);
    const socket = connect(Number(port), '127.0.0.1');
    const headers = ['Host: x', `x-user: ${JSON.stringify(ada)}`, 'x-refuse: 403', 'x-delay: 150'];
    socket.write(`DELETE /posts/p1 HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    await sleep(50);
    socket.destroy();
    expect((await app.events(1)).map(told)).toMatchObject([{ action: 'post.delete_denied', actor: ada.id }]);
  });

  test('the shutdown waits for what was refused last', async () => {
    const app = await start();
    await app.request('/posts/p1', { method: 'DELETE', headers: { 'x-refuse': '403' } });
    await app.close();
    expect(app.workos.events.map(({ action }) => action)).toEqual(['post.delete_denied']);
  });

  test('write-ahead: the intent becomes the failure, under one id', async () => {
    const app = await start({ audit: { guarantee: 'write-ahead' } });
    expect(await eventOf(app, '/posts/missing', { method: 'DELETE' })).toMatchObject({ action: 'post.delete_failed' });
    expect((await app.request('/posts/missing/plain')).status).toBe(404);
    await app.events(1);
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, delivered: 1, held: 0, pending: 0 });
  });

  test('an outbox that fails costs no answer', async () => {
    const outbox = memoryOutbox();
    outbox.append = () => Promise.reject(new Error('full'));
    const app = await start({ audit: { outbox } });
    expect((await app.request('/posts/missing', { method: 'DELETE' })).status).toBe(404);
    expect((await app.request('/posts/p1', { method: 'DELETE', headers: { 'x-refuse': '403' } })).status).toBe(403);
    await expect.poll(async () => (await app.audit.stats()).dropped).toBe(2);
  });
});

describe('with a catalogue', () => {
  const team = optional('team');
  const success = { targets: ['post', 'user', team], metadata: { why: 'string' } } as const;

  test('an event has the targets and the metadata of its own action', async () => {
    const events = defineAuditEvents({
      'post.delete': success,
      'post.delete_failed': { targets: ['user', team], metadata: { error_name: 'string' } },
      'post.delete_denied': { targets: ['post', 'user', team] },
    });
    @Controller('posts')
    @UseGuards(RolesGuard)
    class OneController {
      @Delete(':id')
      @Audited('post.delete', { ...outcomes, targets: { post }, metadata: { why: 'because' } })
      remove() {
        throw new NotFoundException();
      }
    }
    const app = await TestApp.start({ controllers: [OneController], audit: { events } });
    await app.request('/posts/p1', { method: 'DELETE' });
    await app.events(1);
    await app.request('/posts/p1', { method: 'DELETE', headers: { 'x-refuse': '403' } });
    const [failed, denied] = await app.events(2);
    expect(failed).toMatchObject({ action: 'post.delete_failed', metadata: { error_name: 'NotFoundException' } });
    expect(failed?.metadata).not.toHaveProperty('why');
    expect(failed?.targets.map(({ type }) => type)).not.toContain('post');
    expect(denied).toMatchObject({ action: 'post.delete_denied', metadata: { why: 'because', error_status: 403 } });
    expect(denied?.targets.map(({ type }) => type)).toContain('post');
    expect((await app.audit.stats()).degraded).toBe(0);
    expect(app.audit.handlers()).toMatchObject([{ action: 'post.delete', ...outcomes }]);
  });

  test('the boot refuses an action that is not there, and one whose targets nobody gives', async () => {
    const events = defineAuditEvents({
      'post.delete': success,
      'post.delete_failed': { targets: ['post', 'comment', 'user', team] },
    });
    @Controller('posts')
    class OneController {
      @Delete(':id')
      @Audited('post.delete', { ...outcomes, targets: { post } })
      remove() {
        return {};
      }
    }
    const start = TestApp.start({ controllers: [OneController], audit: { events } });
    const message = await start.then(String, (error: Error) => error.message);
    expect(message).toContain(
      "`failure`: the action 'post.delete_failed' has the target type 'comment', which `targets` does not give",
    );
    expect(message).toContain("`denied`: the action 'post.delete_denied' is not in the catalogue");
  });

  test.each([
    [{ failure: '' }, `\`failure\` is ""; expected an action, or { action, message: true }`],
    [{ denied: { action: 'a', message: true } }, '`denied` is'],
    [{ failure: { message: true } }, '`failure` is'],
  ])('%j is refused when the class is loaded', (options, message) => {
    expect(() => {
      class Wrong {
        @Audited('post.delete', options as never)
        remove() {}
      }
      return Wrong;
    }).toThrow(message);
  });
});
