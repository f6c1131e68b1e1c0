import {
  Body,
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type NestInterceptor,
  Post,
  UseInterceptors,
} from '@nestjs/common';
import { ClsPluginTransactional, Transactional, TransactionHost } from '@nestjs-cls/transactional';
import { TransactionalAdapterDrizzleOrm } from '@nestjs-cls/transactional-adapter-drizzle-orm';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Audited, AuditModule, AuditService, memoryOutbox } from 'nestjs-workos-audit';
import { pgBossOutbox } from 'nestjs-workos-audit/pg-boss';
import { ClsModule } from 'nestjs-cls';
import { Pool } from 'pg';
import { from, lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresDatabase, type TestDatabase } from '../support/postgres.js';
import { auditOptions, quickDelivery, startLocalWorkOS, TestApp, type TestAppOptions } from '../support/test-app.js';

const DRIZZLE = Symbol('drizzle');
type Adapter = TransactionalAdapterDrizzleOrm<ReturnType<typeof drizzle>>;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await postgresDatabase();
  await database.query('CREATE TABLE posts (id text PRIMARY KEY)');
  pool = new Pool({ connectionString: database.url, max: 10 });
}, 60_000);
afterAll(() => pool?.end());

interface Wish {
  readonly id: string;
  readonly fail?: 'inside' | 'after';
}

@Injectable()
class PostsService {
  constructor(
    private readonly host: TransactionHost<Adapter>,
    private readonly audit: AuditService,
  ) {}

  @Transactional()
  async create({ id, fail }: Wish): Promise<{ id: string; title: string }> {
    const made = await this.insert(id);
    await this.audit.record('post.create', { targets: { post: id } });
    if (fail) throw new Error('rolled back');
    return made;
  }

  @Transactional()
  async createAudited({ id, fail }: Wish): Promise<{ id: string; title: string }> {
    const made = await this.insert(id);
    await this.audit.annotate({ transaction: true, result: made, metadata: { how: 'inside' } });
    if (fail === 'inside') throw new Error('rolled back');
    return made;
  }

  async insert(id: string): Promise<{ id: string; title: string }> {
    await this.host.tx.execute(sql`INSERT INTO posts (id) VALUES (${id})`);
    return { id, title: `Post ${id}` };
  }
}

/** A transaction around the whole handler. */
@Injectable()
class AroundInterceptor implements NestInterceptor {
  constructor(private readonly host: TransactionHost<Adapter>) {}
  intercept(_execution: ExecutionContext, next: CallHandler) {
    return from(this.host.withTransaction(() => lastValueFrom(next.handle())));
  }
}

const targets = {
  post: ({ result }: { result: { id: string; title: string } }) => ({ id: result.id, name: result.title }),
};

@Controller()
class PostsController {
  constructor(
    private readonly posts: PostsService,
    private readonly audit: AuditService,
    private readonly host: TransactionHost<Adapter>,
  ) {}

  @Post('by-hand')
  byHand(@Body() wish: Wish) {
    return this.posts.create(wish);
  }

  @Post('audited')
  @Audited('post.create', { targets })
  async audited(@Body() wish: Wish) {
    const made = await this.posts.createAudited(wish);
    if (wish.fail === 'after') throw new Error('after the commit');
    return made;
  }

  @Post('ahead')
  @Audited('post.create', { targets, guarantee: 'write-ahead' })
  ahead(@Body() wish: Wish) {
    return this.posts.createAudited(wish);
  }

  @Post('around')
  @UseInterceptors(AroundInterceptor)
  @Audited('post.create', { targets })
  async around(@Body() { id, fail }: Wish) {
    const made = await this.posts.insert(id);
    if (fail) throw new Error('rolled back');
    return made;
  }

  @Post('poisoned')
  @UseInterceptors(AroundInterceptor)
  @Audited('post.create', { targets })
  async poisoned(@Body() { id }: Wish) {
    const made = await this.posts.insert(id);
    await this.host.tx.execute(sql`SELECT nonsense`).catch(() => {});
    return made;
  }

  @Get('nowhere')
  async nowhere() {
    await this.audit.annotate({ transaction: true });
  }

  @Post('no-transaction')
  @Audited('post.create', { targets: { post: 'p' } })
  async without() {
    await this.audit.annotate({ transaction: true });
  }
}

async function start(audit: TestAppOptions['audit'] = {}): Promise<TestApp> {
  const outbox = pgBossOutbox({
    connectionString: database.url,
    transactionHost: () => TransactionHost.getInstance(),
  });
  const workos = await startLocalWorkOS();
  return TestApp.start({
    workos,
    imports: [
      ClsModule.forRoot({
        global: true,
        middleware: { mount: true },
        plugins: [
          new ClsPluginTransactional({
            imports: [
              { module: class {}, providers: [{ provide: DRIZZLE, useValue: drizzle(pool) }], exports: [DRIZZLE] },
            ],
            adapter: new TransactionalAdapterDrizzleOrm({ drizzleInstanceToken: DRIZZLE }),
          }),
        ],
      }),
      AuditModule.forRoot(auditOptions(workos, { outbox, ...audit })),
    ],
    controllers: [PostsController],
    providers: [PostsService, AroundInterceptor],
  });
}

function post(app: TestApp, path: string, wish: Wish): Promise<Response> {
  return app.request(`/${path}`, { body: JSON.stringify(wish), headers: { 'content-type': 'application/json' } });
}

/** The ids of the posts of a path that are there, and of those that are audited. */
async function compare(app: TestApp, path: string): Promise<{ there: string[]; audited: (string | undefined)[] }> {
  const rows = await database.query<{ id: string }>(`SELECT id FROM posts WHERE id LIKE '${path}-%'`);
  const there = rows.map(({ id }) => id).toSorted();
  const events = await app.events(there.length);
  const audited = events.map(({ targets: all }) => all.find(({ type }) => type === 'post')?.id).toSorted();
  return { there, audited };
}

test.each(['by-hand', 'audited', 'around', 'ahead'])(
  'of requests of which half roll back, exactly the other half is audited: %s',
  { timeout: 120_000 },
  async (path) => {
    const app = await start({ delivery: { ...quickDelivery, ratePerSecond: 10_000, concurrency: 32 } });
    const wishes = Array.from({ length: path === 'by-hand' ? 1_000 : 200 }, (_, n): Wish => ({
      id: `${path}-${n}`,
      ...(Math.random() < 0.5 && { fail: 'inside' }),
    })).values();
    const worker = async (): Promise<void> => {
      for (const wish of wishes) expect((await post(app, path, wish)).status).toBe(wish.fail ? 500 : 201);
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const { there, audited } = await compare(app, path);
    expect(there.length).toBeGreaterThan(50);
    expect(audited).toEqual(there);
    expect(await app.audit.stats()).toMatchObject({ pending: 0, leased: 0, held: 0, buried: 0, dropped: 0 });
  },
);

test('resolvers see the result that is given, and the annotation; the event is recorded once', async () => {
  const app = await start();
  await post(app, 'audited', { id: 'once-1' });
  const [event] = await app.events(1);
  expect(event).toMatchObject({ metadata: { how: 'inside' } });
  expect(event?.targets).toContainEqual({ type: 'post', id: 'once-1', name: 'Post once-1', metadata: {} });
});

test('what was committed is audited, although the handler failed after it', async () => {
  const app = await start();
  expect((await post(app, 'audited', { id: 'after-1', fail: 'after' })).status).toBe(500);
  expect(await compare(app, 'after')).toEqual({ there: ['after-1'], audited: ['after-1'] });
});

test('a transaction around the handler that cannot take the event is rolled back, and the request fails', async () => {
  const app = await start();
  expect((await post(app, 'poisoned', { id: 'poisoned-1' })).status).toBe(500);
  expect(await compare(app, 'poisoned')).toEqual({ there: [], audited: [] });
  expect(app.logs.text).toContain('current transaction is aborted');
});

test('says where there is no handler, or no transaction', async () => {
  const app = await start();
  expect((await app.request('/nowhere', { method: 'GET' })).status).toBe(500);
  expect(app.logs.text).toContain('annotate({ transaction }) was called where no @Audited handler runs');
  expect((await app.request('/no-transaction')).status).toBe(500);
  expect(app.logs.text).toContain('there is no transaction. `true` needs the `transactionHost` of the outbox');
  await app.events(0);
});

test('an outbox without transactions is told apart, also for an intent', async () => {
  const app = await start({ outbox: memoryOutbox() });
  for (const path of ['audited', 'ahead']) expect((await post(app, path, { id: `memory-${path}` })).status).toBe(500);
  expect(app.logs.text).toContain('there is no transaction');
  await app.events(0);
});

test('a host that does not work is found at boot', async () => {
  const transactionHost = () => TransactionHost.getInstance('another');
  const started = start({ outbox: pgBossOutbox({ connectionString: database.url, transactionHost }) });
  await expect(started).rejects.toThrow(/pgBossOutbox\(\{ transactionHost \}\) fails: /);
});
