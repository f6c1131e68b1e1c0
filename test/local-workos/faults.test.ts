import { describe, expect, it } from 'vitest';
import { post, sdk, sdkEvent, send, start, wireEvent } from './support.js';

describe('a fault', () => {
  it('answers in the place of WorkOS, as many times as told', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ status: 503, times: 2 });

    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await post(workos, wireEvent())).status);

    expect(statuses).toEqual([503, 503, 200]);
    expect(workos.events).toHaveLength(1);
    expect(workos.refused.map(({ status, reason }) => [status, reason])).toEqual([
      [503, 'a fault that was switched on'],
      [503, 'a fault that was switched on'],
    ]);
  });

  it('comes one after the other if there are several', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ status: 500, times: 1 });
    workos.fail({ status: 502, times: 1 });

    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await post(workos, wireEvent())).status);

    expect(statuses).toEqual([500, 502, 200]);
  });

  it('is for creating events unless told otherwise, and does not touch the live page', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ status: 500 });

    expect((await send(workos, 'GET', '/organizations/org_local')).status).toBe(200);
    workos.fail({ status: 500, path: /./ });
    expect((await send(workos, 'GET', '/organizations/org_local')).status).toBe(500);
    expect((await fetch(workos.url)).status).toBe(200);
  });

  it.each<[string, { method?: string; path?: string | RegExp }, [number, number, number]]>([
    ['by an exact path', { path: '/organizations' }, [418, 418, 200]],
    ['by a pattern, even a global one', { path: /^\/organizations\/.+/g }, [200, 201, 418]],
    ['by method and path', { method: 'post', path: '/organizations' }, [200, 418, 200]],
    ['by a method, for events only', { method: 'GET' }, [200, 201, 200]],
  ])('chooses its requests %s', async (_, where, expected) => {
    const workos = await start();
    workos.fail({ status: 418, ...where });

    expect([
      (await send(workos, 'GET', '/organizations')).status,
      (await send(workos, 'POST', '/organizations', { name: 'New' })).status,
      (await send(workos, 'GET', '/organizations/org_local')).status,
    ]).toEqual(expected);
  });

  it('is undone by what fail() returned, and by heal()', async () => {
    const workos = await start({ schemas: 'open' });
    const undo = workos.fail({ status: 500 });
    workos.fail({ status: 502 });

    expect((await post(workos, wireEvent())).status).toBe(500);
    undo();
    expect((await post(workos, wireEvent())).status).toBe(502);
    workos.heal();
    expect((await post(workos, wireEvent())).status).toBe(200);
  });
});

describe('the answer of a fault', () => {
  it('is what WorkOS says for that status, if no body is given', async () => {
    const workos = await start();
    workos.fail({ status: 429, retryAfter: 7, times: 1 });
    workos.fail({ status: 401, times: 1 });
    workos.fail({ retryAfter: 'Fri, 20 Nov 2026 10:00:00 GMT' });

    const [limited, refused, down] = [
      await post(workos, wireEvent()),
      await post(workos, wireEvent()),
      await post(workos, wireEvent()),
    ];

    expect(limited.json).toEqual({ message: 'Too many requests.', code: 'rate_limit_exceeded' });
    expect(limited.headers.get('retry-after')).toBe('7');
    expect([refused.status, refused.json]).toEqual([401, { message: 'Unauthorized' }]);
    expect([down.status, down.json]).toEqual([503, { message: 'Service Unavailable' }]);
    expect(down.headers.get('retry-after')).toBe('Fri, 20 Nov 2026 10:00:00 GMT');
  });

  it.each<[string, object, string, string]>([
    ['JSON', { body: { a: [1] } }, 'application/json; charset=utf-8', '{"a":[1]}'],
    ['JSON null, which is a body too', { body: null }, 'application/json; charset=utf-8', 'null'],
    ['HTML', { body: '<html>Bad gateway' }, 'text/html; charset=utf-8', '<html>Bad gateway'],
    ['text', { body: 'no' }, 'text/plain; charset=utf-8', 'no'],
    [
      'HTML that says it is JSON',
      { body: '<b>', contentType: 'application/problem+json' },
      'application/problem+json',
      '<b>',
    ],
    ['headers of its own', { body: '', headers: { 'content-type': 'x/y' } }, 'x/y', ''],
  ])('may be %s', async (_, answer, contentType, text) => {
    const workos = await start();
    workos.fail({ status: 502, ...answer });

    const got = await post(workos, wireEvent());

    expect([got.headers.get('content-type'), got.text]).toEqual([contentType, text]);
  });

  it('may be a success that stores nothing, as from a proxy', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ status: 200, body: '<html>Please log in to the Wi-Fi' });

    expect((await post(workos, wireEvent())).status).toBe(200);
    expect(workos.events).toEqual([]);
    expect(workos.refused).toEqual([]);
  });

  it('reaches the SDK as the error it expects', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ status: 429, retryAfter: 3, times: 1 });
    workos.fail({ status: 502, body: '<html>', times: 1 });
    const client = sdk(workos);

    await expect(client.auditLogs.createEvent('org_local', sdkEvent())).rejects.toMatchObject({
      name: 'RateLimitExceededException',
      retryAfter: 3,
    });
    await expect(client.auditLogs.createEvent('org_local', sdkEvent())).rejects.toThrow('ParseError');
  });
});

describe('a connection', () => {
  it('that is reset before stores nothing', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ reset: 'before', times: 1 });

    await expect(post(workos, wireEvent())).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(workos.events).toEqual([]);
    expect(workos.requests).toMatchObject([{ path: '/audit_logs/events', body: { organization_id: 'org_local' } }]);
    expect(workos.requests[0]).not.toHaveProperty('status');
  });

  it('that is reset after has stored, and a retry under the same key adds nothing', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ reset: 'after', times: 1 });

    await expect(post(workos, wireEvent(), { 'idempotency-key': 'k' })).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
    expect(workos.events).toHaveLength(1);
    expect((await post(workos, wireEvent(), { 'idempotency-key': 'k' })).status).toBe(200);
    expect(workos.events).toHaveLength(1);
  });

  it.each(['heal', 'undo', 'reset', 'stop', 'close'] as const)('that hangs is cut by %s', async (way) => {
    const workos = await start({ schemas: 'open' });
    const undo = workos.fail({ hang: true });
    const hanging = post(workos, wireEvent()).then(
      () => 'answered',
      () => 'cut',
    );
    const first = await Promise.race([hanging, untilRequested(workos)]);
    expect(first).toBe('requested');

    await {
      heal: () => workos.heal(),
      undo,
      reset: () => workos.reset(),
      stop: () => workos.stop(),
      close: () => workos.close(),
    }[way]();

    expect(await hanging).toBe('cut');
    expect(workos.events).toEqual([]);
  });

  it('that hangs runs into the time-out of the SDK', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ hang: true });

    await expect(sdk(workos, { timeout: 50 }).auditLogs.createEvent('org_local', sdkEvent())).rejects.toMatchObject({
      status: 408,
    });
  });
});

describe('time', () => {
  it('passes before a delayed request is handled', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ delayMs: 80 });
    const before = performance.now();

    expect((await post(workos, wireEvent())).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(75);
    expect(workos.events).toHaveLength(1);
  });

  it('passes before a delayed refusal', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ delayMs: 40, status: 500 });
    const before = performance.now();

    expect((await post(workos, wireEvent())).status).toBe(500);
    expect(performance.now() - before).toBeGreaterThanOrEqual(35);
  });

  it('does not bring a delayed request back after stop()', async () => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ delayMs: 50 });
    const delayed = post(workos, wireEvent()).catch(() => 'cut');
    await untilRequested(workos);

    await workos.stop();
    expect(await delayed).toBe('cut');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(workos.events).toEqual([]);
  });

  it.each([
    ['an answer as usual', {}, 200],
    ['a refusal', { status: 503 }, 503],
  ])('passes between head and body of %s', async (_, rest, status) => {
    const workos = await start({ schemas: 'open' });
    workos.fail({ slowBodyMs: 120, ...rest });

    const response = await fetch(`${workos.url}/audit_logs/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workos.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ organization_id: 'org_local', event: wireEvent() }),
    });
    const atHead = performance.now();
    const body: unknown = await response.json();

    expect(response.status).toBe(status);
    expect(performance.now() - atHead).toBeGreaterThanOrEqual(60);
    expect(body).toEqual(status === 200 ? { success: true } : { message: 'Service Unavailable' });
    expect(workos.events).toHaveLength(status === 200 ? 1 : 0);
  });
});

/** Resolves once the server has a request. */
async function untilRequested(workos: { readonly requests: readonly unknown[] }): Promise<'requested'> {
  while (workos.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  return 'requested';
}
