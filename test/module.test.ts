import { Controller, Get, Inject, Injectable, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { inspect } from 'node:util';
import {
  AUDIT_OUTBOX,
  Audited,
  AuditModule,
  type AuditOutbox,
  type AuditModuleOptions,
  type AuditOptionsFactory,
  AuditService,
  defineAuditEvents,
  memoryOutbox,
  NotAudited,
} from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { CapturedLogs } from './support/captured-logs.js';
import { auditOptions, platforms, startLocalWorkOS, TestApp } from './support/test-app.js';

@Controller('things')
class ThingsController {
  @Post(':id')
  @Audited('thing.make', { targets: { thing: ({ params }) => params.id } })
  make(): string {
    return 'made';
  }
}

@Module({ controllers: [ThingsController] })
class FeatureModule {}

const CONNECTION = Symbol('connection');

@Module({
  providers: [{ provide: CONNECTION, useFactory: async () => Promise.resolve(connection) }],
  exports: [CONNECTION],
})
class ConfigModule {}

let connection: AuditModuleOptions;

@Injectable()
class OptionsFromConfig implements AuditOptionsFactory {
  constructor(@Inject(CONNECTION) private readonly options: AuditModuleOptions) {}

  createAuditOptions(): AuditModuleOptions {
    return this.options;
  }
}

@Module({ imports: [ConfigModule], providers: [OptionsFromConfig], exports: [OptionsFromConfig] })
class OptionsModule {}

const asyncForms = [
  [
    'useFactory',
    () =>
      AuditModule.forRootAsync({
        imports: [ConfigModule],
        inject: [CONNECTION],
        useFactory: (options: AuditModuleOptions) => options,
      }),
  ],
  ['useFactory that is late', () => AuditModule.forRootAsync({ useFactory: async () => Promise.resolve(connection) })],
  ['useClass', () => AuditModule.forRootAsync({ imports: [ConfigModule], useClass: OptionsFromConfig })],
  ['useExisting', () => AuditModule.forRootAsync({ imports: [OptionsModule], useExisting: OptionsFromConfig })],
] as const;

describe.each(platforms)('AuditModule on %s', (platform) => {
  test.each(asyncForms)('forRootAsync with %s', async (_name, form) => {
    const workos = await startLocalWorkOS();
    connection = auditOptions(workos);
    const app = await TestApp.start({ platform, workos, imports: [form(), FeatureModule] });
    await app.request('/things/t1');
    expect((await app.events(1))[0]?.targets.at(-1)).toMatchObject({ type: 'thing', id: 't1' });
  });

  test('importing it is all the wiring: a feature module that imports nothing is audited', async () => {
    const workos = await startLocalWorkOS();
    const app = await TestApp.start({
      platform,
      workos,
      imports: [FeatureModule, AuditModule.forRoot(auditOptions(workos))],
    });
    await app.request('/things/t1');
    await app.events(1);
  });

  test('two applications in one process share nothing', async () => {
    const first = await TestApp.start({ platform, controllers: [ThingsController] });
    const second = await TestApp.start({ platform, controllers: [ThingsController] });
    await Promise.all([first.request('/things/a'), second.request('/things/b'), second.request('/things/c')]);
    expect((await first.events(1))[0]?.targets.at(-1)?.id).toBe('a');
    expect((await second.events(2)).map(({ targets }) => targets.at(-1)?.id).toSorted()).toEqual(['b', 'c']);
    expect([(await first.audit.stats()).recorded, (await second.audit.stats()).recorded]).toEqual([1, 2]);
    await first.close();
    await second.request('/things/d');
    await second.events(3);
  });

  test('a client that the application has may be given instead of a key', async () => {
    const workos = await startLocalWorkOS();
    const { WorkOS } = await import('@workos-inc/node');
    const client = new WorkOS(workos.apiKey, workos.clientOptions);
    const app = await TestApp.start({
      platform,
      workos,
      controllers: [ThingsController],
      audit: { workos: { client } },
    });
    await app.request('/things/t1');
    await app.events(1);
  });

  test('without an outbox it says once that events wait in memory', async () => {
    const workos = await startLocalWorkOS();
    const { outbox: _outbox, ...options } = auditOptions(workos);
    const app = await TestApp.start({ platform, workos, imports: [AuditModule.forRoot(options)] });
    expect(app.logs.find('warn', 'Events wait in memory')).toHaveLength(1);
    const chosen = await TestApp.start({ platform, audit: { outbox: memoryOutbox() } });
    expect(chosen.logs.find('warn', 'Events wait in memory')).toHaveLength(0);
  });
});

/** Starts an application with these options, and tells why it did not start. */
async function bootFailure(
  options: unknown,
  controllers: (new (...args: never[]) => unknown)[] = [],
  plain = false,
): Promise<string> {
  class BadModule {}
  const imports = [plain ? AuditModule : AuditModule.forRoot(options as AuditModuleOptions)];
  Module({ imports, controllers })(BadModule);
  const logger = new CapturedLogs();
  try {
    const app = await NestFactory.create(BadModule, { logger, abortOnError: false });
    await app.init();
    await app.close();
    return 'it started';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

describe('bad options', () => {
  const workos = { apiKey: 'sk_test_1' };

  test.each<[string, unknown, string]>([
    ['nothing', undefined, '`workos` is missing: give { apiKey: process.env.WORKOS_API_KEY } or { client'],
    ['no key', { workos: { apiKey: undefined } }, '`workos.apiKey` is undefined: set WORKOS_API_KEY'],
    ['an empty key', { workos: { apiKey: '' } }, '`workos.apiKey` is empty'],
    ['a key that is no text', { workos: { apiKey: 5 } }, '`workos.apiKey` is of type number'],
    [
      'a client that is none',
      { workos: { client: {} } },
      '`workos.client` is an object with the keys [], which has no auditLogs.createEvent',
    ],
    ['an unknown option', { workos, outbx: 1 }, 'there is no option `outbx`; the options are workos, events'],
    ['an unknown delivery option', { workos, delivery: { rate: 1 } }, 'there is no option `delivery.rate`'],
    [
      'an unknown back-off option',
      { workos, delivery: { backoff: { min: 1 } } },
      'there is no option `delivery.backoff.min`',
    ],
    [
      'a number as text',
      { workos, delivery: { timeoutMs: '10' } },
      '`delivery.timeoutMs` is "10"; expected a number above 0',
    ],
    ['a number below', { workos, resolverTimeoutMs: -1 }, '`resolverTimeoutMs` is -1'],
    [
      'half a connection',
      { workos, delivery: { concurrency: 1.5 } },
      '`delivery.concurrency` is 1.5; expected a whole number',
    ],
    ['NaN', { workos, delivery: { ratePerSecond: Number.NaN } }, '`delivery.ratePerSecond` is NaN'],
    ['no catalogue', { workos, events: { 'a.b': {} } }, '`events` is no catalogue; make it with defineAuditEvents'],
    ['no lock', { workos, schemaLock: {} }, '`schemaLock` is no lock'],
    ['no outbox', { workos, outbox: 'memory' }, '`outbox` is "memory"; give an AuditOutbox'],
    [
      'another missingActor',
      { workos, missingActor: 'throw' },
      `\`missingActor\` is "throw"; expected 'skip' or 'warn' or 'error'`,
    ],
    ['an empty location', { workos, location: '' }, '`location` is ""'],
    ['redact as text', { workos, redact: 'password' }, '`redact` must be a list'],
    [
      'an organization from nowhere',
      { workos, organization: 'org_1' },
      '`organization` must be a function of the request',
    ],
  ])('%s: an error at boot names the field and the fix', async (_name, options, message) => {
    const failure = await bootFailure(options);
    expect(failure).toContain('AuditConfigurationError: AuditModule.forRoot()');
    expect(failure).toContain(message);
  });

  test('all faults are told at once', async () => {
    const failure = await bootFailure({ workos: {}, location: '', redact: 1 });
    expect(failure.split('\n  - ')).toHaveLength(4);
  });

  test('the module without forRoot() is told what is missing', async () => {
    expect(await bootFailure(undefined, [], true)).toContain('`workos` is missing');
  });

  test('an outbox that does not open stops the boot, named', async () => {
    const outbox = { ...spread(memoryOutbox()), name: 'broken', open: () => Promise.reject(new Error('disk on fire')) };
    expect(await bootFailure({ workos, outbox })).toContain('the outbox (broken) does not open: disk on fire');
  });
});

describe('bad decorators', () => {
  test('a static method, a class, a property, an accessor are refused while the class is loaded', () => {
    class Target {
      static fixed(): void {}
      get computed(): number {
        return 1;
      }
    }
    const decorate = (target: object, name: string) => (): void => {
      Audited('a.b')(target, name, Object.getOwnPropertyDescriptor(target, name) as PropertyDescriptor);
    };
    expect(decorate(Target, 'fixed')).toThrow('on Target.fixed: stands on a static method, which Nest never calls');
    expect(decorate(Target.prototype, 'computed')).toThrow('stands on what is no method');
    expect(decorate(Target.prototype, 'property')).toThrow('stands on what is no method');
    expect(() => (Audited('a.b') as unknown as ClassDecorator)(Target)).toThrow(
      'class Target: stands on a class; put it on a method',
    );
  });

  test.each<[string, unknown, unknown, string]>([
    ['no action', '', undefined, `the action must be a name such as 'post.delete'`],
    ['a number', 7, undefined, 'the action must be a name'],
    ['no options', 'a.b', null, 'the options must be an object'],
    [
      'an unknown option',
      'a.b',
      { target: {} },
      'there is no option `target`; the options are targets, metadata, when',
    ],
    [
      'targets as a list',
      'a.b',
      { targets: ['post'] },
      '`targets` is an array of 1; expected an object by target type',
    ],
    ['metadata as text', 'a.b', { metadata: 'x' }, '`metadata` is "x"'],
    ['when as a value', 'a.b', { when: true }, '`when` must be a function'],
  ])('%s: the error names the method', (_name, action, options, message) => {
    class Target {
      method(): void {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Target.prototype, 'method') as PropertyDescriptor;
    const decorate = (): void => {
      Audited(action as string, options as never)(Target.prototype, 'method', descriptor);
    };
    expect(decorate).toThrow(message);
    expect(decorate).toThrow('Target.method');
  });

  test('a method that Nest does not route to is refused at boot, private or not', async () => {
    @Controller()
    class HiddenController {
      @Get()
      public visible(): string {
        return this.hidden();
      }

      @Audited('thing.hidden')
      private hidden(): string {
        return 'x';
      }
    }
    const failure = await bootFailure({ workos: { apiKey: 'sk_1' } }, [HiddenController]);
    expect(failure).toContain(`HiddenController.hidden, 'thing.hidden': Nest does not call this method as a handler`);
    expect(failure).toContain('Put @Audited on a route, or call AuditService.record()');
  });

  test('an action or a target type that the catalogue lacks is refused at boot, all at once', async () => {
    @Controller()
    class TyposController {
      @Post('a')
      @Audited('post.craete')
      create(): void {}

      @Post('b')
      @Audited('post.delete', { targets: { pots: 'p1' } })
      remove(): void {}
    }
    const events = defineAuditEvents({
      'post.create': { targets: ['user'] },
      'post.delete': { targets: ['post', 'user'] },
    });
    const failure = await bootFailure({ workos: { apiKey: 'sk_1' }, events }, [TyposController]);
    expect(failure).toContain(
      `TyposController.create, 'post.craete': the action is not in the catalogue; add it to defineAuditEvents(), or correct the name (did you mean 'post.create'?)`,
    );
    expect(failure).toContain(
      `TyposController.remove, 'post.delete': the action has no target type 'pots'; it has post, user`,
    );
  });

  test('@NotAudited wants a reason', () => {
    expect(() => NotAudited('')).toThrow('needs a reason');
    expect(() => NotAudited('a health check')).not.toThrow();
  });
});

test('the API key is in no log, no error and no inspection', async () => {
  const workos = await startLocalWorkOS({ apiKey: 'sk_secret_of_the_customer' });
  const logs: string[] = [];
  const app = await TestApp.start({ workos, controllers: [ThingsController] });
  // A server that tells the key back is the worst case.
  workos.fail({ status: 422, body: { message: `Bad key sk_secret_of_the_customer` }, times: 1 });
  await app.request('/things/t1');
  await expect.poll(async () => (await app.audit.stats()).buried).toBe(1);
  logs.push(app.logs.text, inspect(app.nest.get(AuditService), { depth: 9, showHidden: true }));
  for await (const entry of app.nest.get<AuditOutbox>(AUDIT_OUTBOX).buried()) logs.push(JSON.stringify(entry));
  expect(logs.join('\n')).toContain('[api key]');
  expect(logs.join('\n')).not.toContain('sk_secret_of_the_customer');
});

/** The methods of an object with a class, bound, so that some can be replaced. */
function spread<T extends object>(object: T): T {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter((name) => name !== 'constructor');
  return Object.fromEntries(methods.map((name) => [name, (object[name as keyof T] as () => void).bind(object)])) as T;
}
