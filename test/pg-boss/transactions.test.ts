import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { knex } from 'knex';
import { Kysely, PostgresDialect } from 'kysely';
import { memoryOutbox } from 'nestjs-workos-audit';
import { pgBossOutbox } from 'nestjs-workos-audit/pg-boss';
import { sqliteOutbox } from 'nestjs-workos-audit/sqlite';
import { Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { postgresDatabase, type TestDatabase } from '../support/postgres.js';
import { ada, TestApp, type TestAppOptions } from '../support/test-app.js';

const by = { actor: { id: ada.id }, organizationId: ada.organizationId };

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await postgresDatabase();
  await database.query('CREATE TABLE posts (id text PRIMARY KEY)');
  pool = new Pool({ connectionString: database.url, max: 8 });
}, 60_000);
afterAll(() => pool?.end());

async function start(options: TestAppOptions['audit'] = {}): Promise<TestApp> {
  return TestApp.start({ audit: { outbox: pgBossOutbox({ connectionString: database.url }), ...options } });
}

const postIn = (targets: readonly { type: string; id: string }[]) => targets.find(({ type }) => type === 'post')?.id;

/** Runs `work` in a transaction, and rolls it back when `work` throws. */
type InTransaction = (work: (tx: unknown, insert: (id: string) => Promise<unknown>) => Promise<void>) => Promise<void>;

const insertPost = 'INSERT INTO posts (id) VALUES ($1)';

async function withClient(work: Parameters<InTransaction>[0]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client, (id) => client.query(insertPost, [id]));
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const libraries: Record<string, () => Promise<InTransaction>> = {
  'node-postgres': async () => withClient,
  Drizzle: async () => {
    const db = drizzle(pool);
    return (work) => db.transaction((tx) => work(tx, (id) => tx.execute(sql`INSERT INTO posts (id) VALUES (${id})`)));
  },
  Kysely: async () => {
    const db = new Kysely<{ posts: { id: string } }>({ dialect: new PostgresDialect({ pool }) });
    return (work) =>
      db.transaction().execute((trx) => work(trx, (id) => trx.insertInto('posts').values({ id }).execute()));
  },
  Knex: async () => {
    const db = knex({ client: 'pg', connection: database.url });
    onTestFinished(() => db.destroy());
    return (work) => db.transaction((trx) => work(trx, async (id) => trx('posts').insert({ id })));
  },
  'TypeORM, EntityManager': async () => {
    const source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    onTestFinished(() => source.destroy());
    return (work) => source.transaction((manager) => work(manager, (id) => manager.query(insertPost, [id])));
  },
  'TypeORM, QueryRunner': async () => {
    const source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    onTestFinished(() => source.destroy());
    return (work) =>
      source.transaction((manager) => work(manager.queryRunner, (id) => manager.query(insertPost, [id])));
  },
  // Prisma's client is generated; this is the part of it that is used.
  'Prisma, by its shape': async () => (work) =>
    withClient((tx, insert) => {
      const client = tx as PoolClient;
      const $queryRawUnsafe = async (text: string, ...values: unknown[]) => (await client.query(text, values)).rows;
      return work({ $queryRawUnsafe, $executeRawUnsafe: $queryRawUnsafe }, insert);
    }),
  'anything with executeSql': async () => (work) =>
    withClient((tx, insert) => {
      const client = tx as PoolClient;
      return work({ executeSql: (text: string, values: unknown[]) => client.query(text, values) }, insert);
    }),
};

describe.each(Object.entries(libraries))('a transaction of %s', (library, open) => {
  test('takes the event along, whether it commits or rolls back', async () => {
    const app = await start();
    const inTransaction = await open();
    for (const [id, commits] of [
      ['a', true],
      ['b', false],
      ['c', true],
    ] as const) {
      const done = inTransaction(async (transaction, insert) => {
        await insert(`${library} ${id}`);
        await app.audit.record('post.create', { ...by, targets: { post: id }, transaction });
        if (!commits) throw new Error('rolled back');
      });
      if (commits) await done;
      else await expect(done).rejects.toThrow('rolled back');
    }
    const events = await app.events(2);
    const posts = await database.query<{ id: string }>(`SELECT id FROM posts WHERE id LIKE '${library} %' ORDER BY id`);
    expect(events.map(({ targets }) => `${library} ${postIn(targets)}`).toSorted()).toEqual(posts.map(({ id }) => id));
    expect(await app.audit.stats()).toMatchObject({ pending: 0, leased: 0, dropped: 0 });
  });
});

describe.each(['node-postgres', 'Drizzle'])('of 1,000 transactions of %s', (library) => {
  test('exactly the committed ones are audited', { timeout: 120_000 }, async () => {
    const app = await start({ delivery: { ratePerSecond: 10_000, concurrency: 32 } });
    const inTransaction = await libraries[library]!();
    const committed: string[] = [];
    const ids = Array.from({ length: 1_000 }, (_, n) => `half ${library} ${n}`);
    const queue = ids.values();
    const worker = async (): Promise<void> => {
      for (const id of queue) {
        const commits = Math.random() < 0.5;
        const done = inTransaction(async (transaction, insert) => {
          await insert(id);
          await app.audit.record('post.create', { ...by, targets: { post: id }, transaction });
          if (!commits) throw new Error('rolled back');
        });
        await done.then(
          () => committed.push(id),
          () => {},
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(committed.length).toBeGreaterThan(400);
    expect(committed.length).toBeLessThan(600);
    const events = await app.events(committed.length);
    expect(events.map(({ targets }) => postIn(targets)).toSorted()).toEqual(committed.toSorted());
  });
});

describe('refuses', () => {
  const cases: Record<string, [() => unknown, string]> = {
    'a pool': [() => pool, 'is a Pool, which is in none. Give the client of pool.connect()'],
    'Drizzle itself': [() => drizzle(pool), 'is over, or was none'],
    'Kysely itself': [() => new Kysely({ dialect: new PostgresDialect({ pool }) }), 'is Kysely itself'],
    'Knex itself': [() => knex({ client: 'pg' }), 'is Knex itself'],
    'the manager of a DataSource': [
      () => ({ queryRunner: undefined, query: () => {} }),
      'is the EntityManager of the DataSource',
    ],
    'what is no transaction': [() => ({ begin: true }), 'is an object with the keys ["begin"]; expected a client of'],
    'a text': [() => 'BEGIN', 'is "BEGIN"; expected a client of node-postgres'],
    null: [() => null, '`transaction` is null'],
  };
  test.each(Object.entries(cases))('%s', async (_what, [make, words]) => {
    const app = await start();
    const recorded = app.audit.record('post.create', { ...by, targets: { post: 'p' }, transaction: make() });
    await expect(recorded).rejects.toThrow(words);
    expect(await app.audit.stats()).toMatchObject({ pending: 0, recorded: 0, dropped: 0 });
  });

  test.each(['COMMIT', 'ROLLBACK'])('a client after its %s, instead of storing the event on its own', async (end) => {
    const app = await start();
    const client = await pool.connect();
    onTestFinished(() => client.release());
    await client.query('BEGIN');
    await client.query(end);
    const recorded = app.audit.record('post.create', { ...by, targets: { post: 'p' }, transaction: client });
    await expect(recorded).rejects.toThrow('is over, or was none: record the event before the commit');
    expect(await app.audit.stats()).toMatchObject({ pending: 0, recorded: 0 });
  });

  test('a transaction that has failed already, so that its rollback is not taken for a commit', async () => {
    const app = await start();
    const client = await pool.connect();
    onTestFinished(() => client.release());
    await client.query('BEGIN');
    await expect(client.query('SELECT nonsense')).rejects.toThrow('nonsense');
    const recorded = app.audit.record('post.create', { ...by, targets: { post: 'p' }, transaction: client });
    await expect(recorded).rejects.toThrow('current transaction is aborted');
    await client.query('ROLLBACK');
  });

  test.each([
    ['memory', () => memoryOutbox()],
    ['SQLite', () => sqliteOutbox({ path: join(mkdtempSync(join(tmpdir(), 'outbox-')), 'audit.db') })],
  ])('any transaction where events wait in %s', async (_name, outbox) => {
    const app = await start({ outbox: outbox() });
    const client = await pool.connect();
    onTestFinished(() => client.release());
    const recorded = app.audit.record('post.create', { ...by, targets: { post: 'p' }, transaction: client });
    await expect(recorded).rejects.toMatchObject({
      name: 'AuditTransactionError',
      message: expect.stringContaining('pgBossOutbox()'),
    });
  });
});
