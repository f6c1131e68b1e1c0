import { Controller, Post } from '@nestjs/common';
import type { AuditModuleOptions, AuditStats } from 'nestjs-workos-audit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { releases } from './support/sdk-releases.js';
import { ada } from './support/test-app.js';

/** Time enough for retries of the SDK; an attempt of ours would come after the test, whose end does not wait for it. */
const oneAttempt = { timeoutMs: 10_000, backoff: { minMs: 60_000, maxMs: 60_000 }, drainTimeoutMs: 10 };

describe.each(releases)('@workos-inc/node %s', (version, load) => {
  afterEach(() => {
    vi.doUnmock('@workos-inc/node');
    vi.resetModules();
  });

  /** An application whose copy of the library sends with this release, and posts one event. */
  async function start(delivery: AuditModuleOptions['delivery'] = {}) {
    const sdk = await load();
    vi.resetModules();
    if (version !== '11.0.0') vi.doMock('@workos-inc/node', () => sdk);
    const { Audited, memoryOutbox } = await import('nestjs-workos-audit');
    const { startLocalWorkOS, TestApp } = await import('./support/test-app.js');

    @Controller('posts')
    class PostsController {
      @Post()
      @Audited('post.create', { targets: { post: 'p1' } })
      create(): string {
        return 'created';
      }
    }

    const workos = await startLocalWorkOS();
    const outbox = memoryOutbox();
    const client = new sdk.WorkOS(workos.apiKey, workos.clientOptions);
    const app = await TestApp.start({
      workos,
      controllers: [PostsController],
      audit: { workos: { client }, outbox, delivery },
    });
    const stats = async (wanted: Partial<AuditStats>): Promise<void> =>
      vi.waitFor(async () => expect(await app.audit.stats()).toMatchObject(wanted), { timeout: 5_000, interval: 5 });
    return { app, workos, outbox, stats, create: () => app.request('/posts') };
  }

  test('sends the event, with its idempotency key', async () => {
    const { app, workos, stats, create } = await start();

    expect((await create()).status).toBe(201);

    const [event] = await app.events(1);
    expect(event).toMatchObject({ action: 'post.create', organizationId: 'org_local', actor: { id: 'user_ada' } });
    expect(event?.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
    expect(workos.requests).toHaveLength(1);
    expect(workos.requests[0]?.headers['user-agent']).toContain(`workos-node/${version}`);
    await stats({ delivered: 1, retried: 0, pending: 0 });
  });

  test.each([408, 429, 500, 502, 503, 504])('makes one request of an attempt that is answered %i', async (status) => {
    const { workos, stats, create } = await start(oneAttempt);
    workos.fail({ status });

    await create();

    await stats({ retried: 1, pending: 1, leased: 0 });
    expect(workos.requests).toHaveLength(1);
  });

  test('makes one request of an attempt whose connection is cut', async () => {
    const { workos, stats, create } = await start(oneAttempt);
    workos.fail({ reset: 'before' });

    await create();

    await stats({ retried: 1, pending: 1, leased: 0 });
    expect(workos.requests).toHaveLength(1);
  });

  test('sends the same event under the same key again', async () => {
    const { app, workos, create } = await start();
    workos.fail({ status: 503, times: 2 });

    await create();

    const [event] = await app.events(1);
    expect(workos.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(
      Array<unknown>(3).fill(event?.idempotencyKey),
    );
    expect(workos.requests.map(({ body }) => body)).toEqual(Array<unknown>(3).fill(workos.requests[0]?.body));
  });

  test('ends an attempt whose body stalls at `delivery.timeoutMs`', async () => {
    const { workos, stats, create } = await start({ ...oneAttempt, timeoutMs: 200 });
    workos.fail({ slowBodyMs: 60_000 });
    const begun = performance.now();

    await create();

    await stats({ retried: 1, leased: 0 });
    expect(performance.now() - begun).toBeGreaterThan(190);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(workos.requests).toHaveLength(1);
  });

  test('ends an attempt that is never answered at `delivery.timeoutMs`', async () => {
    const { workos, stats, create } = await start({ ...oneAttempt, timeoutMs: 200 });
    workos.fail({ hang: true });

    await create();

    await stats({ retried: 1, leased: 0 });
    expect(workos.requests).toHaveLength(1);
  });

  test('sees the `Retry-After` of a 429, also when it is a date', async () => {
    const { workos, outbox, stats, create } = await start(oneAttempt);
    const retry = vi.spyOn(outbox, 'retry');
    const inFiveMinutes = Math.ceil(Date.now() / 1_000) * 1_000 + 300_000; // an HTTP date has no milliseconds
    workos.fail({ status: 429, retryAfter: new Date(inFiveMinutes).toUTCString() });

    await create();

    await stats({ retried: 1 });
    expect(retry.mock.lastCall?.[1].getTime()).toBeCloseTo(inFiveMinutes, -2);
    expect(retry.mock.lastCall?.[2]).toMatchObject({ status: 429 });
  });

  test('sees what a 422 complains about', async () => {
    const { workos, outbox, stats, create } = await start();
    workos.fail({
      status: 422,
      body: { message: 'Validation failed.', errors: [{ code: 'required', field: 'event.actor.id' }] },
    });

    await create();

    await stats({ buried: 1, pending: 0 });
    for await (const { error } of outbox.buried()) {
      expect(error).toMatchObject({ status: 422, message: expect.stringContaining('event.actor.id') as string });
    }
    expect(workos.requests).toHaveLength(1);
  });

  test('pauses on a 401', async () => {
    const { workos, stats, create } = await start({ ...oneAttempt, unauthorizedRetryMs: 60_000 });
    workos.fail({ status: 401 });

    await create();

    await stats({ paused: true, pending: 1, buried: 0 });
    expect(workos.requests).toHaveLength(1);
  });

  test('sets up streams, reads and sets retention, and exports', async () => {
    const { app, workos, create } = await start();
    const { AuditExports, AuditLogStreams } = await import('nestjs-workos-audit');
    const [streams, exports] = [app.nest.get(AuditLogStreams), app.nest.get(AuditExports)];
    const organizationId = 'org_local';
    await create();
    await app.events(1);
    const range = { from: new Date(Date.now() - 60_000), to: new Date() };

    expect(await streams.setupLink({ organizationId, returnUrl: 'https://app.example/' })).toContain('/portal/launch');
    expect(await streams.status(organizationId)).toMatchObject({ state: 'active', logStream: null });
    expect(await streams.setRetention(organizationId, 60)).toBe(60);
    expect(await streams.retention(organizationId)).toBe(60);
    const filters = { actions: ['post.create'], actorIds: ['user_ada'], actorNames: [ada.name], targets: ['post'] };
    const { id } = await exports.create({ organizationId, ...range, ...filters });
    await exports.wait(id);
    const rows = await Array.fromAsync(exports.rows(id));

    expect(rows).toMatchObject([{ action: 'post.create', actor: { id: 'user_ada' } }]);
    await expect(exports.create({ organizationId, ...range, actions: ['a.b'] })).rejects.toMatchObject({
      code: 'export_empty',
    });
    await expect(streams.status('org_x')).rejects.toMatchObject({ code: 'organization_not_found' });
    for (const { headers } of workos.requests.filter(({ path }) => !path.startsWith('/_exports/'))) {
      expect(headers['user-agent']).toContain(`workos-node/${version}`);
    }
  });
});
