import { AsyncLocalStorage } from 'node:async_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Controller, Post } from '@nestjs/common';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Audited, type AuditModuleOptions, AuditService, memoryOutbox } from 'nestjs-workos-audit';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { AuditScopes } from '../../src/audit.scope.js';
import { AUDIT_SCOPES } from '../../src/audit.tokens.js';
import { ada, platforms, startLocalWorkOS, TestApp } from '../support/test-app.js';

/** The application's own store for each request. */
const requests = new AsyncLocalStorage<object>();

const EVENTS = '/audit_logs/events';

describe.each(platforms)('spans, on %s', (platform) => {
  const exporter = new InMemorySpanExporter();
  let undici: UndiciInstrumentation;

  beforeEach(() => {
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    undici = new UndiciInstrumentation();
  });

  afterEach(() => {
    undici.disable();
    trace.disable();
    context.disable();
    propagation.disable();
    exporter.reset();
  });

  test('of the application do not show requests to WorkOS, nor does WorkOS see its traces', async () => {
    const workos = await startLocalWorkOS();

    @Controller()
    class ThingsController {
      @Post('thing')
      @Audited('thing.make')
      async make(): Promise<void> {
        // What the application itself asks of the same server is traced.
        await fetch(`${workos.url}/organizations`, { headers: { authorization: `Bearer ${workos.apiKey}` } });
      }
    }
    // Asleep until the request wakes it.
    const app = await TestApp.start({ platform, workos, controllers: [ThingsController], audit: slowPoll });
    await trace.getTracer('test').startActiveSpan('request', async (span) => {
      await app.request('/thing');
      span.end();
    });
    await app.events(1);
    const traced = exporter.getFinishedSpans().map(({ attributes }) => attributes['url.path']);
    expect(traced).toContain('/thing');
    expect(traced).toContain('/organizations');
    expect(traced).not.toContain(EVENTS);
    const traceparent = (path: string): unknown =>
      workos.requests.find((request) => request.path === path)?.headers['traceparent'];
    expect(traceparent('/organizations')).toMatch(/^00-/);
    expect(traceparent(EVENTS)).toBeUndefined();
  });
});

const slowPoll = { delivery: { pollMs: 60_000 } };

/** A store that a request's AsyncLocalStorage may hold. */
class RequestStore {
  readonly big = Buffer.alloc(1_000);
}

@Controller()
class StoresController {
  constructor(private readonly audit: AuditService) {}

  @Post('thing')
  @Audited('thing.make')
  make(): Promise<void> {
    return requests.run(new RequestStore(), () => this.audit.record('thing.by-hand'));
  }
}

describe.each(platforms)('the sender, on %s', (platform) => {
  /** What the stores hold where events are sent, one for each request to WorkOS, or where else `see` is called. */
  async function startWatched(
    options: (see: () => void) => Partial<AuditModuleOptions> = () => ({}),
  ): Promise<{ app: TestApp; seen: unknown[] }> {
    const seen: unknown[] = [];
    const workos = await startLocalWorkOS();
    let scopes: AuditScopes | undefined;
    const see = (): void => void seen.push(requests.getStore() ?? scopes?.current ?? 'no store');
    const fetchFn: typeof fetch = (input, init) => {
      see();
      return fetch(input, init);
    };
    const connection = { apiKey: workos.apiKey, ...workos.clientOptions, fetchFn };
    const app = await TestApp.start({
      platform,
      workos,
      controllers: [StoresController],
      audit: { ...slowPoll, workos: connection, ...options(see) },
    });
    scopes = app.nest.get<AuditScopes>(AUDIT_SCOPES);
    return { app, seen };
  }

  test('runs in the store of no request, also when a request wakes it', async () => {
    const { app, seen } = await startWatched();
    await app.request('/thing');
    await app.events(2);
    await requests.run(new RequestStore(), () => app.audit.flush({ timeoutMs: 500 }));
    await app.request('/thing');
    await app.events(4);
    expect(seen).toEqual(['no store', 'no store', 'no store', 'no store']);
  });

  test('nor in the one in which the application was started, as serverless functions do', async () => {
    const { app, seen } = await requests.run(new RequestStore(), () => startWatched());
    await requests.run(new RequestStore(), () => app.audit.record('a.b', { actor: ada, organizationId: 'org_local' }));
    await app.events(1);
    expect(seen).toEqual(['no store']);
  });

  test('hooks do not either', async () => {
    // Each request records in its own store, and in the scope of the handler.
    const broken = Object.assign(memoryOutbox(), { append: () => Promise.reject(new Error('disk full')) });
    const dropping = await startWatched((see) => ({ onDropped: see, outbox: broken }));
    await dropping.app.request('/thing');
    await expect.poll(() => dropping.seen).toEqual(['no store', 'no store']);
    const burying = await startWatched((see) => ({ onBuried: see }));
    burying.app.workos.fail({ status: 422 });
    await burying.app.request('/thing');
    await expect.poll(() => burying.seen).toEqual(Array(4).fill('no store')); // two requests, two hooks
  });

  test('keeps no store alive that a request had', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    onTestFinished(() => setFlagsFromString('--no-expose-gc'));
    const { app } = await startWatched();
    const store = await recordIn(app);
    await app.events(1);
    await expect
      .poll(() => {
        collect();
        return store.deref();
      })
      .toBeUndefined();
  });
});

async function recordIn(app: TestApp): Promise<WeakRef<RequestStore>> {
  const store = new RequestStore();
  await requests.run(store, () => app.audit.record('a.b', { actor: ada, organizationId: 'org_local' }));
  return new WeakRef(store);
}
