import { Body, Controller, HttpException, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Audited, AuditService } from 'nestjs-workos-audit';
import { timeout, type Observable, throwError, mergeMap } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ada, platforms, TestApp } from './support/test-app.js';

class FailAfterwards implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(mergeMap(() => throwError(() => new HttpException('changed my mind', 418))));
  }
}

class Impatient implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(timeout(20));
  }
}

interface Post {
  id: string;
  title: string;
}

@Controller()
class PostsController {
  constructor(private readonly audit: AuditService) {}

  @Post('posts/:id')
  @Audited('post.create', { targets: { post: ({ params }) => params.id } })
  byParam(@Param('id') id: string): { id: string } {
    return { id };
  }

  @Post('created')
  @Audited<'post.create', Post>('post.create', {
    targets: { post: ({ result }) => ({ id: result.id, name: result.title }) },
  })
  byResult(@Body() body: { title: string }): Promise<Post> {
    return Promise.resolve({ id: 'p1', title: body.title });
  }

  @Post('context')
  @Audited('post.look', {
    targets: {
      post: ({ params, query, body, args, user, request, execution, result }) =>
        [
          params.none ?? 'no-param',
          query.q,
          body.b,
          String(args.length > 0),
          user.id,
          request.method,
          execution.getHandler().name,
          result.r,
        ] as string[],
    },
  })
  all(@Query('q') _q: string): { r: string } {
    return { r: 'result' };
  }

  @Post('constants')
  @Audited('post.constants', {
    targets: {
      plain: 'id-1',
      number: 7,
      object: { id: 'id-2', name: 'Two', metadata: { color: 'red' } },
      several: ['a', { id: 'b' }, 3],
    },
    metadata: { fixed: true, asked: ({ body }: { body: { size: number } }) => body.size },
  })
  constants(): string {
    return 'ok';
  }

  @Post('later')
  @Audited('post.later', {
    targets: { post: async () => ({ id: await Promise.resolve('p-late') }) },
    metadata: async ({ result }) => ({ answer: await Promise.resolve(result) }),
  })
  later(): string {
    return 'ok';
  }

  @Post('twice')
  @Audited('post.first')
  @Audited('post.second', { targets: { post: 'p2' } })
  twice(): string {
    return 'ok';
  }

  @Post('when')
  @Audited('post.always')
  @Audited('post.big', { when: ({ body }) => body.size > 10 })
  @Audited('post.later', { when: async ({ body }) => Promise.resolve(body.size > 20) })
  @Audited('post.undefined', { when: () => undefined as unknown as boolean })
  when(): string {
    return 'ok';
  }

  @Post('when-throws')
  @Audited('post.doubtful', {
    when: () => {
      throw new Error('no idea');
    },
  })
  whenThrows(): string {
    return 'ok';
  }

  @Post('annotated/:id')
  @Audited('post.delete', {
    targets: { post: ({ params }) => params.id },
    metadata: { title: 'from the decorator', kept: 1 },
  })
  async annotated(@Param('id') id: string): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.audit.annotate({ metadata: { title: `title of ${id}` } });
    this.audit.annotate({ targets: { folder: `folder of ${id}` } });
    return 'ok';
  }

  @Post('fails')
  @Audited('post.fails')
  fails(): never {
    throw new HttpException('no', 409);
  }

  @Post('fails-later')
  @Audited('post.fails')
  async failsLater(): Promise<never> {
    await Promise.resolve();
    throw new Error('no');
  }

  @Post('changed')
  @UseInterceptors(FailAfterwards)
  @Audited('post.changed')
  changed(): string {
    return 'ok';
  }

  @Post('slow')
  @UseInterceptors(Impatient)
  @Audited('post.slow', { metadata: ({ result }) => ({ result }) })
  slow(): Promise<string> {
    return new Promise((resolve) => setTimeout(() => resolve('done at last'), 80));
  }

  @Post('plain')
  plain(): string {
    return 'ok';
  }
}

@Controller('faulty')
class FaultyController {
  @Post('throws')
  @Audited('post.delete', {
    targets: {
      post: () => {
        throw new Error('no such thing');
      },
    },
    metadata: { good: 1, bad: () => Promise.reject(new Error('nor this')) },
  })
  throws(): string {
    return 'ok';
  }

  @Post('hangs')
  @Audited('post.delete', { targets: { post: () => new Promise<string>(() => {}), file: 'f1' } })
  hangs(): string {
    return 'ok';
  }

  @Post('nonsense')
  @Audited('post.delete', {
    targets: {
      nothing: () => undefined,
      empty: () => '',
      object: () => ({ name: 'no id' }) as unknown as string,
      fn: () => (() => 'x') as unknown as string,
      list: () => ['fine', null as unknown as string],
      none: () => [],
      nan: () => Number.NaN,
    },
    metadata: () => 'text' as unknown as Record<string, unknown>,
  })
  nonsense(): string {
    return 'ok';
  }
}

describe.each(platforms)('@Audited on %s', (platform) => {
  const start = (audit = {}): Promise<TestApp> =>
    TestApp.start({ platform, controllers: [PostsController, FaultyController], audit });
  const json = (body: unknown): RequestInit => ({
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

  test('a successful call becomes an event with actor, groups, target, address and user agent', async () => {
    const app = await start();
    const before = Date.now();
    const response = await app.request('/posts/p7', { headers: { 'user-agent': 'my browser' } });
    expect([response.status, await response.json()]).toEqual([201, { id: 'p7' }]);
    const [event] = await app.events(1);
    expect(event).toMatchObject({
      organizationId: 'org_local',
      action: 'post.create',
      actor: { id: 'user_ada', type: 'user', name: 'Ada Lovelace', metadata: {} },
      targets: [
        { type: 'user', id: 'user_ada', name: 'Ada Lovelace' },
        { type: 'team', id: 'group_eng', name: 'Engineering' },
        { type: 'team', id: 'group_math', name: 'Mathematics' },
        { type: 'post', id: 'p7' },
      ],
      context: { location: '127.0.0.1', userAgent: 'my browser' },
      metadata: {},
    });
    expect(event?.idempotencyKey).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const occurredAt = Date.parse(event?.occurredAt ?? '');
    expect(occurredAt).toBeGreaterThanOrEqual(before);
    expect(occurredAt).toBeLessThanOrEqual(Date.now());
  });

  test('a target may come from the result', async () => {
    const app = await start();
    await app.request('/created', json({ title: 'Hello' }));
    const [event] = await app.events(1);
    expect(event?.targets.at(-1)).toMatchObject({ type: 'post', id: 'p1', name: 'Hello' });
  });

  test('a resolver sees params, query, body, args, user, request, execution and result', async () => {
    const app = await start();
    await app.request('/context?q=query', json({ b: 'body' }));
    const [event] = await app.events(1);
    const ids = event?.targets.filter(({ type }) => type === 'post').map(({ id }) => id);
    expect(ids).toEqual(['no-param', 'query', 'body', 'true', 'user_ada', 'POST', 'all', 'result']);
  });

  test('targets may be ids, numbers, objects and arrays; metadata values may be functions', async () => {
    const app = await start();
    await app.request('/constants', json({ size: 12 }));
    const [event] = await app.events(1);
    expect(event?.targets.slice(3)).toMatchObject([
      { type: 'plain', id: 'id-1' },
      { type: 'number', id: '7' },
      { type: 'object', id: 'id-2', name: 'Two', metadata: { color: 'red' } },
      { type: 'several', id: 'a' },
      { type: 'several', id: 'b' },
      { type: 'several', id: '3' },
    ]);
    expect(event?.metadata).toEqual({ fixed: true, asked: 12 });
    expect((await app.audit.stats()).degraded).toBe(0);
  });

  test('resolvers may be asynchronous', async () => {
    const app = await start();
    await app.request('/later');
    const [event] = await app.events(1);
    expect(event?.targets.at(-1)).toMatchObject({ type: 'post', id: 'p-late' });
    expect(event?.metadata).toEqual({ answer: 'ok' });
  });

  test('several on one handler record one event each, in the order in which they are read', async () => {
    const app = await start();
    await app.request('/twice');
    const events = await app.events(2);
    expect(events.map(({ action }) => action)).toEqual(['post.first', 'post.second']);
    expect(new Set(events.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
  });

  test('`when` decides, also asynchronously; one that fails records', async () => {
    const app = await start();
    await app.request('/when', json({ size: 15 }));
    await app.request('/when-throws');
    const events = await app.events(3);
    expect(events.map(({ action }) => action)).toEqual(['post.always', 'post.big', 'post.doubtful']);
    expect(app.logs.find('warn', 'no idea')).toHaveLength(1);
  });

  test('annotate() adds what only the handler knows, and concurrent requests do not mix', async () => {
    const app = await start();
    const ids = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await Promise.all(ids.map((id) => app.request(`/annotated/${id}`)));
    const events = await app.events(20);
    const seen = events.map(({ targets, metadata }) => ({
      post: targets.find(({ type }) => type === 'post')?.id,
      folder: targets.find(({ type }) => type === 'folder')?.id,
      metadata,
    }));
    for (const id of ids) {
      expect(seen).toContainEqual({
        post: id,
        folder: `folder of ${id}`,
        metadata: { title: `title of ${id}`, kept: 1 },
      });
    }
  });

  test('a handler that throws records nothing, and its answer is its own', async () => {
    const app = await start();
    expect((await app.request('/fails')).status).toBe(409);
    expect((await app.request('/fails-later')).status).toBe(500);
    await app.request('/plain');
    await app.events(0);
    expect(await app.audit.stats()).toMatchObject({ recorded: 0, skipped: 0, dropped: 0 });
  });

  test('what happens outside after the handler succeeded does not undo the event', async () => {
    const app = await start();
    expect((await app.request('/changed')).status).toBe(418);
    await app.events(1);
  });

  test('a response that was given up does not lose the event of the handler that went on', async () => {
    const app = await start();
    expect((await app.request('/slow')).status).toBe(500);
    const [event] = await app.events(1);
    expect(event?.metadata).toEqual({ result: 'done at last' });
  });

  test('a resolver that throws or rejects costs neither the request nor the event', async () => {
    const app = await start();
    const response = await app.request('/faulty/throws');
    expect([response.status, await response.text()]).toEqual([201, 'ok']);
    const [event] = await app.events(1);
    expect(event?.targets.at(-1)).toMatchObject({ type: 'post', id: 'unknown' });
    expect(event?.metadata).toEqual({ good: 1 });
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, degraded: 1 });
    const [line] = app.logs.find('warn', 'is degraded');
    expect(line).toContain(`'post.delete' (FaultyController.throws)`);
    expect(line).toContain(`target 'post' failed: no such thing`);
    expect(line).toContain(`metadata 'bad' failed: nor this`);
  });

  test('a resolver that hangs is given up after resolverTimeoutMs', async () => {
    const app = await start({ resolverTimeoutMs: 30 });
    expect((await app.request('/faulty/hangs')).status).toBe(201);
    const [event] = await app.events(1);
    expect(event?.targets.slice(-2)).toMatchObject([
      { type: 'file', id: 'f1' },
      { type: 'post', id: 'unknown' },
    ]);
    expect(app.logs.find('warn', 'gave no answer within 30 ms')).toHaveLength(1);
  });

  test('a resolver that returns nonsense is named, and its target is unknown', async () => {
    const app = await start();
    expect((await app.request('/faulty/nonsense')).status).toBe(201);
    const [event] = await app.events(1);
    const ids = Object.fromEntries((event?.targets ?? []).slice(3).map(({ type, id }) => [type, id]));
    expect(ids).toEqual({
      list: 'fine',
      nothing: 'unknown',
      empty: 'unknown',
      object: 'unknown',
      fn: 'unknown',
      none: 'unknown',
      nan: 'NaN',
    });
    const [line] = app.logs.find('warn', 'is degraded');
    expect(line).toContain(`target 'object' is an object with the keys ["name"]; expected an id, { id, name }`);
    expect(line).toContain('metadata is "text"; expected an object');
  });

  test('the same fault is said once a minute', async () => {
    const app = await start();
    for (let i = 0; i < 5; i += 1) await app.request('/faulty/throws');
    await app.events(5);
    expect(app.logs.find('warn', 'is degraded')).toHaveLength(1);
    expect((await app.audit.stats()).degraded).toBe(5);
  });

  test('an actor without groups has no team target', async () => {
    const app = await start();
    await app.request('/posts/p1', { user: { ...ada, groups: [] } });
    const [event] = await app.events(1);
    expect(event?.targets.map(({ type }) => type)).toEqual(['user', 'post']);
  });
});
