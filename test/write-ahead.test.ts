import { ConflictException, Controller, Get, Post, Req, Sse, StreamableFile } from '@nestjs/common';
import { Audited, type AuditOutbox, AuditService, defineAuditEvents, memoryOutbox } from 'nestjs-workos-audit';
import { from, type Observable, throwError } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { Counters } from '../src/audit.counters.js';
import { AuditIntents } from '../src/audit.intent.js';
import { CapturedLogs } from './support/captured-logs.js';
import { platforms, TestApp } from './support/test-app.js';

let runs = 0;
/** What the outbox said while the handler ran. */
let during: Awaited<ReturnType<AuditOutbox['stats']>> | undefined;
let outbox: AuditOutbox = memoryOutbox();

@Controller()
class PostsController {
  constructor(private readonly audit: AuditService) {}

  @Post('posts/:id')
  @Audited('post.delete', {
    guarantee: 'write-ahead',
    targets: { post: ({ params }) => params.id, copy: ({ result }) => result.copy },
    metadata: { kind: 'draft', size: ({ result }) => result.size },
  })
  async remove(): Promise<{ copy: string; size: number }> {
    runs += 1;
    during = await outbox.stats();
    this.audit.annotate({ metadata: { title: 'Hello' } });
    return { copy: 'c1', size: 3 };
  }

  @Post('fails')
  @Audited('post.delete', { guarantee: 'write-ahead' })
  fails(): never {
    throw new ConflictException();
  }

  @Post('sometimes')
  @Audited('post.delete', { guarantee: 'write-ahead', when: () => false })
  sometimes(): string {
    return 'ok';
  }

  @Post('two')
  @Audited('post.first', { guarantee: 'write-ahead' })
  @Audited('post.second', { guarantee: 'write-ahead' })
  two(): string {
    runs += 1;
    return 'ok';
  }

  @Post('login')
  @Audited('user.login', { guarantee: 'write-ahead' })
  login(@Req() request: { user?: object }): string {
    request.user = { id: 'new', organizationId: 'org_local' };
    return 'ok';
  }

  @Post('slow')
  @Audited('post.slow', { guarantee: 'write-ahead' })
  slow(): Promise<string> {
    return new Promise((resolve) => setTimeout(() => resolve('ok'), 250));
  }

  @Get('file')
  @Audited('post.download', { guarantee: 'write-ahead' })
  file(): StreamableFile {
    return new StreamableFile(Buffer.from('bytes'));
  }

  @Sse('events')
  @Audited('post.watch', { guarantee: 'write-ahead' })
  events(): Observable<{ data: string }> {
    return from([{ data: 'a' }, { data: 'b' }]);
  }

  @Get('broken-stream')
  @Audited('post.stream', { guarantee: 'write-ahead' })
  broken(): Observable<string> {
    return throwError(() => new Error('no'));
  }

  @Post('usual')
  @Audited('post.usual')
  usual(): string {
    runs += 1;
    return 'ok';
  }

  @Post('by-hand')
  async byHand(): Promise<string> {
    await this.audit.record('post.by_hand');
    return 'ok';
  }
}

const failing = (): never => {
  throw new Error('disk full');
};

describe.each(platforms)('write-ahead on %s', (platform) => {
  function start(overrides: Partial<AuditOutbox> = {}, audit = {}): Promise<TestApp> {
    runs = 0;
    outbox = Object.assign(memoryOutbox(), overrides);
    return TestApp.start({ platform, controllers: [PostsController], audit: { outbox, ...audit } });
  }

  test('the intent is durable before the handler runs, and becomes the event', async () => {
    const app = await start();
    expect((await app.request('/posts/p1')).status).toBe(201);
    expect(during).toMatchObject({ held: 1, pending: 0 });
    const [event] = await app.events(1);
    expect(event?.metadata).toEqual({ kind: 'draft', size: 3, title: 'Hello' });
    expect(event?.targets.slice(-2)).toMatchObject([
      { type: 'post', id: 'p1' },
      { type: 'copy', id: 'c1' },
    ]);
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, degraded: 0, delivered: 1, held: 0, pending: 0 });
  });

  test.each([
    ['fails', { hold: failing }],
    ['rejects', { hold: () => Promise.reject(new Error('disk full')) }],
    ['hangs', { hold: () => new Promise<never>(() => {}) }],
  ])('an outbox that %s: 503, and the handler does not run', async (_name, overrides) => {
    const app = await start(overrides, { appendTimeoutMs: 50 });
    const response = await app.request('/posts/p1');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      statusCode: 503,
      message: `This action is audited ('post.delete'), and the audit log cannot be written at the moment.`,
    });
    expect(runs).toBe(0);
    expect(app.logs.find('error', `'post.delete' was refused with 503`)).toHaveLength(1);
    await app.events(0);
    expect(await app.audit.stats()).toMatchObject({ recorded: 0, held: 0 });
  });

  test('if the second intent of a handler fails, the first is taken back', async () => {
    const inner = memoryOutbox();
    let calls = 0;
    const app = await start({
      hold: async (entry, leaseMs) => {
        calls += 1;
        if (calls === 2) throw new Error('disk full');
        await inner.hold(entry, leaseMs);
      },
      discard: (id) => inner.discard(id),
    });
    expect((await app.request('/two')).status).toBe(503);
    expect(runs).toBe(0);
    expect(await inner.stats()).toMatchObject({ held: 0 });
  });

  test('a handler that fails, or whose `when` says no, leaves nothing', async () => {
    const app = await start();
    expect((await app.request('/fails')).status).toBe(409);
    expect((await app.request('/sometimes')).status).toBe(201);
    expect((await app.request('/broken-stream', { method: 'GET' })).status).toBe(500);
    await app.events(0);
    expect(await app.audit.stats()).toMatchObject({ recorded: 0, held: 0, pending: 0 });
  });

  test('a process that dies in between leaves an event whose outcome is unknown', async () => {
    const inner = memoryOutbox();
    // The lease of an intent is a minute; here it is over while the handler still runs.
    const app = await start({
      hold: (entry) => inner.hold(entry, 30),
      claim: (n, ms) => inner.claim(n, ms),
      complete: (ids) => inner.complete(ids),
    });
    const pending = app.request('/slow');
    const [event] = await app.workos.waitForEvents(1);
    expect(event).toMatchObject({ action: 'post.slow', actor: { id: 'user_ada' }, metadata: { outcome: 'unknown' } });
    await pending;
  });

  test('streams and SSE', async () => {
    const app = await start();
    expect(await (await app.request('/file', { method: 'GET' })).text()).toBe('bytes');
    expect(await (await app.request('/events', { method: 'GET' })).text()).toContain('data: b');
    const events = await app.events(2);
    expect(events.map(({ action, metadata }) => [action, metadata])).toEqual([
      ['post.download', {}],
      ['post.watch', {}],
    ]);
    expect(await app.audit.stats()).toMatchObject({ held: 0 });
  });

  test('without an actor before the handler it is recorded after it, and that is said', async () => {
    const app = await start();
    expect((await app.request('/login', { user: null })).status).toBe(201);
    expect((await app.events(1))[0]?.actor.id).toBe('new');
    expect(app.logs.find('warn', `'user.login' (PostsController.login) cannot be written ahead`)).toHaveLength(1);
  });

  test('for the whole module, and for record()', async () => {
    const good = await start({}, { guarantee: 'write-ahead' });
    expect((await good.request('/usual')).status).toBe(201);
    await good.events(1);
    const bad = await start({ hold: failing, append: failing }, { guarantee: 'write-ahead' });
    expect((await bad.request('/usual')).status).toBe(503);
    expect(runs).toBe(0);
    expect((await bad.request('/by-hand')).status).toBe(503);
    expect(bad.logs.find('error', 'Audit event dropped')).toHaveLength(1);
    const lenient = await start({ append: failing });
    expect((await lenient.request('/by-hand')).status).toBe(201);
  });

  test('an intent that cannot be released stays, and the response too', async () => {
    const app = await start({ release: failing });
    expect((await app.request('/posts/p1')).status).toBe(201);
    expect(app.logs.find('error', 'could not be released: disk full')[0]).toContain(
      'delivered with the outcome `unknown`',
    );
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, degraded: 1, held: 1 });
  });
});

test('an action whose schema has no `outcome` is refused at boot', async () => {
  @Controller()
  class OneController {
    @Post('a')
    @Audited('post.delete', { guarantee: 'write-ahead' })
    remove(): void {}
  }
  const start = (metadata: Record<string, 'string'> | undefined): Promise<TestApp> =>
    TestApp.start({
      controllers: [OneController],
      audit: { events: defineAuditEvents({ 'post.delete': { targets: ['user'], metadata } }) },
    });
  await expect(start({ title: 'string' })).rejects.toThrow(
    `OneController.remove, 'post.delete': the guarantee 'write-ahead' needs the metadata \`outcome: 'string'\``,
  );
  await start({ title: 'string', outcome: 'string' });
  await start(undefined);
});

test('an intent is renewed while its handler runs, and no longer', async () => {
  const calls: string[] = [];
  const outboxOf = {
    name: 'test',
    hold: async () => void calls.push('hold'),
    release: async () => void calls.push('release'),
  };
  const intents = new AuditIntents(outboxOf as unknown as AuditOutbox, 1_000, new Counters(), new CapturedLogs(), 30);
  const entry = { id: 'e1', recordedAt: 0, event: { action: 'a.b' } } as never;
  const intent = await intents.hold(entry);
  await expect.poll(() => calls.length, { interval: 5 }).toBeGreaterThan(3);
  await intent.release(entry);
  const settled = calls.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(calls).toHaveLength(settled);
  expect(calls.at(-1)).toBe('release');
});
