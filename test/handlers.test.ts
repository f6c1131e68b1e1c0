import { Readable } from 'node:stream';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  Injectable,
  type NestInterceptor,
  Redirect,
  Res,
  Sse,
  StreamableFile,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { Audited, memoryOutbox } from 'nestjs-workos-audit';
import {
  concat,
  delay,
  EMPTY,
  finalize,
  from,
  interval,
  map,
  mergeMap,
  NEVER,
  of,
  take,
  throwError,
  type Observable,
} from 'rxjs';
import { describe, expect, test } from 'vitest';
import { platforms, TestApp } from './support/test-app.js';

/** One kind of handler: it exists twice, with `@Audited` and without, and must answer the same. */
interface Kind {
  readonly name: string;
  readonly decorators: MethodDecorator[];
  readonly handler: () => (...args: never[]) => unknown;
  readonly takesResponse?: boolean;
  /** What the audited context holds as `result`. */
  readonly result?: unknown;
}

const big = 'x'.repeat(300_000);

const kinds: Kind[] = [
  { name: 'a string', decorators: [], handler: () => () => 'text', result: 'text' },
  { name: 'an object', decorators: [], handler: () => () => ({ a: [1, { b: 'ü' }] }), result: { a: [1, { b: 'ü' }] } },
  { name: 'undefined', decorators: [], handler: () => () => undefined },
  { name: 'null', decorators: [], handler: () => () => null, result: null },
  { name: 'a number', decorators: [], handler: () => () => 42, result: 42 },
  { name: 'an empty answer', decorators: [HttpCode(204)], handler: () => () => undefined },
  { name: 'headers', decorators: [Header('x-own', 'yes'), HttpCode(202)], handler: () => () => 'h', result: 'h' },
  { name: 'a redirect', decorators: [Redirect('/elsewhere', 307)], handler: () => () => undefined },
  {
    name: 'a promise',
    decorators: [],
    handler: () => async () => Promise.resolve({ late: true }),
    result: { late: true },
  },
  {
    name: 'an Observable of one',
    decorators: [],
    handler: () => () => of({ one: 1 }).pipe(delay(5)),
    result: { one: 1 },
  },
  { name: 'an Observable of many', decorators: [], handler: () => () => from([1, 2, 3]), result: 3 },
  { name: 'a slow Observable of many', decorators: [], handler: () => () => interval(3).pipe(take(4)), result: 3 },
  { name: 'a promise of an Observable', decorators: [], handler: () => async () => Promise.resolve(of('inner')) },
  { name: 'a big body', decorators: [], handler: () => () => ({ big }), result: { big } },
  {
    name: 'a StreamableFile of bytes',
    decorators: [],
    handler: () => () =>
      new StreamableFile(Buffer.from(big), { type: 'text/csv', disposition: 'attachment; filename="a.csv"' }),
  },
  {
    name: 'a StreamableFile of a stream',
    decorators: [],
    handler: () => () => new StreamableFile(Readable.from([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')])),
  },
  {
    name: 'SSE',
    decorators: [Sse()],
    handler: () => () =>
      interval(2).pipe(
        take(3),
        map((n) => ({ data: { n }, id: String(n) })),
      ),
  },
  { name: 'SSE of a promise', decorators: [Sse()], handler: () => async () => Promise.resolve(of({ data: 'x' })) },
  { name: 'SSE without a message', decorators: [Sse()], handler: () => () => EMPTY },
  {
    name: '@Res()',
    decorators: [],
    takesResponse: true,
    handler: () => (response: { status(code: number): { send(body: unknown): unknown } }) => {
      response.status(203).send({ by: 'hand' });
    },
  },
];

/** A controller with the kind's handler at /plain and, audited, at /audited. */
function controllerFor(kind: Kind): Type {
  @Controller()
  class KindController {}
  const prototype = KindController.prototype as Record<string, unknown>;
  for (const name of ['plain', 'audited']) {
    const handler = kind.handler();
    // A function of its own for each, since decorators keep their metadata on it.
    prototype[name] = function (...args: never[]): unknown {
      return handler(...args);
    };
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
    const sse = kind.name.startsWith('SSE');
    const decorators = [...kind.decorators, ...(sse ? [] : [Get(name)])];
    for (const decorate of decorators) decorate(prototype, name, descriptor);
    if (sse) Reflect.defineMetadata('path', name, descriptor.value as object);
    if (name === 'audited') {
      Audited('thing.read', { metadata: ({ result }) => ({ result: JSON.stringify(result) ?? 'undefined' }) })(
        prototype,
        name,
        descriptor,
      );
    }
    if (kind.takesResponse) Res()(prototype, name, 0);
  }
  return KindController;
}

async function answerOf(response: Response): Promise<unknown> {
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !['date', 'keep-alive'].includes(name)));
  return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()).toString('base64') };
}

describe.each(platforms)('handlers on %s', (platform) => {
  test.each(kinds)('$name: the response is untouched, and there is one event', async (kind) => {
    const app = await TestApp.start({ platform, controllers: [controllerFor(kind)] });
    const get = { method: 'GET', redirect: 'manual' } as const;
    const plain = await answerOf(await app.request('/plain', get));
    const audited = await answerOf(await app.request('/audited', get));
    expect(audited).toEqual(plain);
    const [event] = await app.events(1);
    if (!('result' in kind)) return;
    const result = JSON.stringify(kind.result);
    expect(event?.metadata.result).toBe(result.length > 500 ? `${result.slice(0, 499)}…` : result);
  });

  test('the event is in the outbox before the response leaves', async () => {
    class ChangesItsMind implements NestInterceptor {
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        return next.handle().pipe(mergeMap(() => throwError(() => new Error('no'))));
      }
    }
    @Controller()
    class OneController {
      @Get('one')
      @Audited('thing.read')
      one(): string {
        return 'ok';
      }

      @Get('changed')
      @UseInterceptors(ChangesItsMind)
      @Audited('thing.read')
      changed(): string {
        return 'ok';
      }
    }
    const outbox = memoryOutbox();
    const append = outbox.append.bind(outbox);
    let stored = false;
    outbox.append = async (entries) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await append(entries);
      stored = true;
    };
    const app = await TestApp.start({ platform, controllers: [OneController], audit: { outbox } });
    await app.request('/one', { method: 'GET' });
    expect(stored).toBe(true);
    stored = false;
    expect((await app.request('/changed', { method: 'GET' })).status).toBe(500);
    expect(stored).toBe(true);
    await app.events(2);
  });

  test('an Observable that fails records nothing', async () => {
    @Controller()
    class FailingController {
      @Get('at-once')
      @Audited('thing.read')
      atOnce(): Observable<string> {
        return throwError(() => new Error('no'));
      }

      @Get('after-values')
      @Audited('thing.read')
      afterValues(): Observable<string> {
        return concat(of('a').pipe(delay(5)), throwError(() => new Error('no')).pipe(delay(5)));
      }
    }
    const app = await TestApp.start({ platform, controllers: [FailingController] });
    expect((await app.request('/at-once', { method: 'GET' })).status).toBe(500);
    expect((await app.request('/after-values', { method: 'GET' })).status).toBe(500);
    await app.events(0);
  });

  test('an Observable that is cancelled outside after a value stops, and has succeeded as far as it went', async () => {
    let cancelled = 0;
    @Injectable()
    class FirstOnly implements NestInterceptor {
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        return next.handle().pipe(take(1));
      }
    }
    @Controller()
    class EndlessController {
      @Get('endless')
      @UseInterceptors(FirstOnly)
      @Audited('thing.read', { metadata: ({ result }) => ({ result }) })
      endless(): Observable<number> {
        return interval(5).pipe(finalize(() => (cancelled += 1)));
      }
    }
    const app = await TestApp.start({ platform, controllers: [EndlessController] });
    expect(await (await app.request('/endless', { method: 'GET' })).json()).toBe(0);
    expect(cancelled).toBe(1);
    expect((await app.events(1))[0]?.metadata).toEqual({ result: 0 });
  });

  test('an SSE stream is recorded when it opens, once, however long it lasts', async () => {
    @Controller()
    class SseController {
      @Sse('endless')
      @Audited('stream.open')
      endless(): Observable<{ data: number }> {
        return interval(5).pipe(map((data) => ({ data })));
      }

      @Sse('silent')
      @Audited('stream.silent')
      silent(): Observable<{ data: number }> {
        return NEVER;
      }
    }
    const app = await TestApp.start({ platform, controllers: [SseController] });
    const leave = new AbortController();
    const response = await app.request('/endless', { method: 'GET', signal: leave.signal });
    const reader = response.body?.getReader();
    let text = '';
    while (!text.includes('data: 3')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(text).toMatch(/data: 0\n\n[^]*data: 1\n\n[^]*data: 2\n\n/);
    await app.events(1);
    leave.abort();
    // A client that leaves a stream before its first message has opened it all the same.
    const silent = new AbortController();
    const pending = app.request('/silent', { method: 'GET', signal: silent.signal }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    silent.abort();
    await pending;
    const events = await app.events(2);
    expect(events.map(({ action }) => action)).toEqual(['stream.open', 'stream.silent']);
  });
});
