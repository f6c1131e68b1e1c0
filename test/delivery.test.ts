import {
  AUDIT_OUTBOX,
  type AuditOutbox,
  type AuditModuleOptions,
  type BuriedEntry,
  memoryOutbox,
} from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { describe, expect, test } from 'vitest';
import { startLocalWorkOS, TestApp } from './support/test-app.js';

type Fault = Parameters<LocalWorkOS['fail']>[0];

const by = { actor: { id: 'a' }, organizationId: 'org_local' };

async function start(delivery: AuditModuleOptions['delivery'] = {}): Promise<TestApp> {
  return TestApp.start({ audit: { outbox: memoryOutbox(), delivery } });
}

async function buried(app: TestApp): Promise<BuriedEntry[]> {
  return Array.fromAsync(app.nest.get<AuditOutbox>(AUDIT_OUTBOX).buried());
}

/** Idempotency keys of the events that were sent, in order. */
function keysSent(workos: LocalWorkOS): (string | undefined)[] {
  return workos.requests
    .filter(({ path }) => path === '/audit_logs/events')
    .map(({ headers }) => String(headers['idempotency-key']));
}

describe('what is tried again', () => {
  test.each<[string, Fault]>([
    ['408', { status: 408 }],
    ['425', { status: 425 }],
    ['429', { status: 429, body: { message: 'Too many requests.', code: 'rate_limit_exceeded' }, retryAfter: 0 }],
    [
      '429 with a text as body',
      { status: 429, body: JSON.stringify('Ratelimited'), contentType: 'application/json', retryAfter: 0 },
    ],
    ['500', { status: 500 }],
    ['502 with HTML', { status: 502, body: '<html>Bad gateway</html>', contentType: 'text/html' }],
    ['503', { status: 503 }],
    ['504 with an empty body', { status: 504, body: '' }],
    [
      'a 200 in HTML, as a captive portal gives it',
      { status: 200, body: '<html>Welcome</html>', contentType: 'text/html' },
    ],
    ['half a JSON', { status: 500, body: '{"mess', contentType: 'application/json' }],
    ['a reset before the event was stored', { reset: 'before' }],
    ['a reset after the event was stored', { reset: 'after' }],
    ['no answer', { hang: true }],
    ['a body that stalls', { status: 200, slowBodyMs: 60_000 }],
  ])('%s', async (_name, fault) => {
    const app = await start({ timeoutMs: 150 });
    app.workos.fail({ ...fault, times: 2 });
    await app.audit.record('post.delete', by);
    await app.events(1);
    const keys = keysSent(app.workos);
    expect(keys.length).toBeGreaterThanOrEqual(2);
    expect(new Set(keys).size).toBe(1);
    const stats = await app.audit.stats();
    expect(stats).toMatchObject({ recorded: 1, delivered: 1, buried: 0, dropped: 0, pending: 0, leased: 0 });
    expect(stats.retried).toBe(keys.length - 1);
  });

  test('refused connections and failing DNS, until WorkOS is back', async () => {
    const app = await start();
    await app.workos.stop();
    await app.audit.record('post.delete', by);
    await expect.poll(async () => (await app.audit.stats()).retried).toBeGreaterThan(1);
    await app.workos.resume();
    await app.events(1);
    const lost = await TestApp.start({
      audit: { workos: { apiKey: 'sk_1', apiHostname: 'workos.invalid' }, delivery: { drainTimeoutMs: 10 } },
    });
    await lost.audit.record('post.delete', by);
    await expect.poll(async () => (await lost.audit.stats()).retried).toBeGreaterThan(0);
    expect((await lost.audit.stats()).pending + (await lost.audit.stats()).leased).toBe(1);
  });

  test('each attempt is one request: the retries of the SDK are off', async () => {
    const app = await start({ backoff: { minMs: 60_000 } });
    app.workos.fail({ status: 503 });
    await app.audit.record('post.delete', by);
    await expect.poll(async () => (await app.audit.stats()).retried).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(keysSent(app.workos)).toHaveLength(1);
  });

  test('each attempt sends the same bytes', async () => {
    const app = await start();
    app.workos.fail({ status: 500, times: 3 });
    await app.audit.record('post.delete', { ...by, metadata: { at: new Date(), n: 1 } });
    await app.events(1);
    const bodies = app.workos.requests
      .filter(({ path }) => path === '/audit_logs/events')
      .map(({ body }) => JSON.stringify(body));
    expect(bodies).toHaveLength(4);
    expect(new Set(bodies).size).toBe(1);
  });

  test.each<[string, () => number | string]>([
    ['seconds', () => 1],
    ['a date', () => new Date(Date.now() + 2_000).toUTCString()],
  ])('Retry-After as %s is honoured', async (_name, retryAfter) => {
    const app = await start();
    app.workos.fail({ status: 503, retryAfter: retryAfter(), times: 1 });
    const before = performance.now();
    await app.audit.record('post.delete', by);
    await app.events(1);
    expect(performance.now() - before).toBeGreaterThan(900);
    expect(keysSent(app.workos)).toHaveLength(2);
  });

  test('an event that is older than maxAgeMs is buried with the last reason', async () => {
    const app = await start({ maxAgeMs: 60 });
    app.workos.fail({ status: 503, body: { message: 'Down for maintenance' } });
    await app.audit.record('post.delete', by);
    await expect.poll(async () => (await app.audit.stats()).buried).toBe(1);
    expect((await buried(app))[0]?.error).toMatchObject({ status: 503, message: 'Down for maintenance' });
    expect(app.logs.find('error', 'it could not be delivered for')).toHaveLength(1);
  });
});

describe('429', () => {
  test('all other sends wait too, and none is lost', async () => {
    const app = await start({ concurrency: 1 });
    app.workos.fail({ status: 429, retryAfter: 1, times: 1 });
    const before = performance.now();
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => app.audit.record('post.delete', { ...by, targets: { post: i } })),
    );
    await app.events(10);
    expect(performance.now() - before).toBeGreaterThan(900);
    const [refused, next, ...others] = app.workos.requests.map(({ at }) => at.getTime());
    expect((next ?? 0) - (refused ?? 0)).toBeGreaterThan(900);
    expect(others).toHaveLength(9);
  });
});

describe('what is buried', () => {
  test.each<[string, Fault, string]>([
    [
      '400 for an action that is not configured',
      {
        status: 400,
        body: {
          message: `Invalid Audit Log event: event 'post.delete', version '1' has not been configured in this environment.`,
          code: 'invalid_audit_log',
        },
      },
      `has not been configured in this environment. (HTTP 400, invalid_audit_log`,
    ],
    [
      '400 for a schema that does not fit',
      {
        status: 400,
        body: {
          message: 'Invalid Audit Log event.',
          code: 'invalid_audit_log_event',
          errors: [{ instancePath: '/targets' }],
        },
      },
      `[{"instancePath":"/targets"}] (HTTP 400, invalid_audit_log_event`,
    ],
    [
      '400 with a list of messages',
      { status: 400, body: { message: ['a', 'b'], error: 'Bad Request' } },
      'a b Bad Request (HTTP 400',
    ],
    [
      '404',
      { status: 404, body: { message: `Organization not found: 'org_local'.` } },
      `Organization not found: 'org_local'. (HTTP 404`,
    ],
    ['409', { status: 409, body: { message: 'Conflict' } }, 'Conflict (HTTP 409'],
    ['410', { status: 410, body: { message: 'Gone' } }, 'Gone (HTTP 410'],
    [
      '413 in HTML',
      { status: 413, body: '<h1>request entity too large</h1>', contentType: 'text/html' },
      'HTTP 413 with a body that is no JSON',
    ],
    [
      '422, with the fields that the SDK loses',
      { status: 422, body: { message: 'Validation failed.', errors: [{ code: 'required', field: 'event.action' }] } },
      `Validation failed. [{"code":"required","field":"event.action"}] (HTTP 422`,
    ],
    ['400 with null as body', { status: 400, body: 'null', contentType: 'application/json' }, '(HTTP 400'],
  ])('%s', async (_name, fault, reason) => {
    const app = await start();
    app.workos.fail({ ...fault, times: 1 });
    await app.audit.record('post.delete', by);
    await expect.poll(async () => (await app.audit.stats()).buried).toBe(1);
    const [line, ...others] = app.logs.find('error', 'is buried');
    expect(others).toEqual([]);
    expect(line).toContain(`action 'post.delete', version 1 (none was sent), organization org_local: `);
    expect(line).toContain(reason);
    expect(line).toMatch(/request [\w-]+\)/);
    expect(keysSent(app.workos)).toHaveLength(1);
    const [entry] = await buried(app);
    expect(entry).toMatchObject({ attempts: 1, event: { action: 'post.delete' }, error: { status: fault.status } });
    expect(await app.audit.stats()).toMatchObject({ recorded: 1, delivered: 0, retried: 0, pending: 0, leased: 0 });
  });

  test('a buried event can be sent again', async () => {
    const app = await start();
    app.workos.fail({ status: 422, times: 1 });
    await app.audit.record('post.delete', by);
    await expect.poll(async () => (await app.audit.stats()).buried).toBe(1);
    expect(await app.nest.get<AuditOutbox>(AUDIT_OUTBOX).redrive({ action: 'post.delete' })).toBe(1);
    await app.events(1);
    expect(new Set(keysSent(app.workos)).size).toBe(1);
    expect(await app.audit.stats()).toMatchObject({ buried: 0, delivered: 1 });
  });
});

describe('a key that WorkOS refuses', () => {
  test.each([401, 403])(
    '%i stops sending, keeps everything, says so once, and goes on when the key is good',
    async (status) => {
      const app = await start({ unauthorizedRetryMs: 150, concurrency: 4 });
      app.workos.fail({ status, body: { message: 'Unauthorized' } });
      await Promise.all(
        Array.from({ length: 20 }, (_, i) => app.audit.record('post.delete', { ...by, targets: { post: i } })),
      );
      await expect.poll(async () => (await app.audit.stats()).paused).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 400));
      // At most what was in flight, and then a try every 150 ms.
      expect(keysSent(app.workos).length).toBeLessThanOrEqual(4 + 4);
      expect(await app.audit.stats()).toMatchObject({ recorded: 20, delivered: 0, buried: 0, dropped: 0 });
      expect(app.logs.find('error', 'WorkOS refuses the API key')).toHaveLength(1);
      app.workos.heal();
      await app.events(20);
      expect(app.logs.find('log', 'WorkOS accepts the API key again')).toHaveLength(1);
      expect((await app.audit.stats()).paused).toBe(false);
    },
  );

  test('a wrong key, for real', async () => {
    const workos = await startLocalWorkOS();
    const app = await TestApp.start({
      workos,
      audit: { workos: { ...workos.clientOptions, apiKey: 'sk_wrong' }, delivery: { drainTimeoutMs: 10 } },
    });
    await app.audit.record('post.delete', by);
    await expect.poll(() => app.logs.find('error', 'WorkOS refuses the API key').length).toBe(1);
    expect(await app.audit.stats()).toMatchObject({ paused: true, buried: 0 });
  });
});

describe('the pace', () => {
  test('stays within ratePerSecond', async () => {
    const app = await start({ ratePerSecond: 50 });
    const before = performance.now();
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => app.audit.record('post.delete', { ...by, targets: { post: i } })),
    );
    await app.events(30);
    // 30 events, 5 of them at once, the others 20 ms apart.
    expect(performance.now() - before).toBeGreaterThan(450);
  });

  test('has at most `concurrency` requests under way', async () => {
    const workos = await startLocalWorkOS();
    let [underWay, most] = [0, 0];
    const fetchFn: typeof fetch = async (...request) => {
      most = Math.max(most, (underWay += 1));
      try {
        return await fetch(...request);
      } finally {
        underWay -= 1;
      }
    };
    const app = await TestApp.start({
      workos,
      audit: { workos: { apiKey: workos.apiKey, ...workos.clientOptions, fetchFn }, delivery: { concurrency: 3 } },
    });
    workos.fail({ delayMs: 50, times: 12 });
    await Promise.all(
      Array.from({ length: 12 }, (_, i) => app.audit.record('post.delete', { ...by, targets: { post: i } })),
    );
    await app.events(12);
    expect(most).toBe(3);
  });
});

test('a client of the application’s own making is used as it is, its errors known by their shape', async () => {
  const answers: (() => Promise<void>)[] = [
    () => Promise.reject(Object.assign(new Error('slow down'), { status: 429, retryAfter: 0 })),
    () => Promise.reject(Object.assign(new Error('Unexpected error'), { cause: { rawStatus: 502, message: 'HTML' } })),
    () =>
      Promise.reject(
        new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }),
      ),
    () => Promise.resolve(),
    () =>
      Promise.reject(
        Object.assign(new Error('Validation failed'), {
          status: 422,
          requestID: 'req_1',
          errors: [{ code: 'required' }],
        }),
      ),
  ];
  const calls: unknown[][] = [];
  const client = {
    auditLogs: {
      createEvent: (...call: unknown[]) => {
        calls.push(call);
        return (answers.shift() as () => Promise<void>)();
      },
    },
  };
  const app = await TestApp.start({ audit: { workos: { client } } });
  await app.audit.record('post.delete', by);
  await expect.poll(async () => (await app.audit.stats()).delivered).toBe(1);
  expect(calls).toHaveLength(4);
  expect(calls[3]?.[0]).toBe('org_local');
  expect(calls[3]?.[1]).toMatchObject({ action: 'post.delete', occurredAt: expect.any(Date) as Date, metadata: {} });
  await app.audit.record('post.create', by);
  await expect.poll(async () => (await app.audit.stats()).buried).toBe(1);
  expect((await buried(app))[0]?.error).toMatchObject({
    status: 422,
    requestId: 'req_1',
    message: 'Validation failed [{"code":"required"}]',
  });
});
