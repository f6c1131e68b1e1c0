import type { Db } from 'pg-boss' with { 'resolution-mode': 'import' };
import { AuditTransactionError } from '../../audit.errors.js';
import { describeValue, messageOf } from '../../event/text.js';
import type { PgBossLibrary } from './pg-boss.connection.js';

/** A transaction of anything else: what runs one statement with `$1` parameters inside of it. */
export interface SqlTransaction {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

type Shape = Readonly<Record<string, unknown>>;

const KNOWN =
  'a client of node-postgres, a transaction of Drizzle, Kysely, Knex or Prisma, an EntityManager or QueryRunner of TypeORM, ' +
  'or { executeSql(text, values) }';

/**
 * What pg-boss writes with inside of the application's transaction.
 * @throws AuditTransactionError for what is no transaction
 */
export async function transactionDb(transaction: unknown, library: PgBossLibrary): Promise<Db> {
  if ((typeof transaction !== 'object' && typeof transaction !== 'function') || transaction === null) {
    throw unknown(describeValue(transaction));
  }
  const shape = transaction as Shape;
  if (has(shape, 'executeSql')) return shape as unknown as Db;
  if (typeof transaction === 'function' && has(shape, 'raw')) {
    if (shape['isTransaction'] !== true) throw outside('Knex itself', 'the `trx` of knex.transaction()');
    return library.fromKnex(shape as never);
  }
  if (has(shape, '$queryRawUnsafe')) return library.fromPrisma(shape as never);
  if (has(shape, 'executeQuery')) {
    if (shape['isTransaction'] !== true) throw outside('Kysely itself', 'the `trx` of db.transaction().execute()');
    return library.fromKysely(shape as never);
  }
  if ('queryRunner' in shape && has(shape, 'query')) {
    if (!shape['queryRunner']) throw outside('the EntityManager of the DataSource', 'that of dataSource.transaction()');
    return fromTypeOrm(shape['queryRunner'] as QueryRunnerLike);
  }
  if (has(shape, 'startTransaction') && has(shape, 'query')) return fromTypeOrm(shape as unknown as QueryRunnerLike);
  if (has(shape, 'execute') && has(shape, 'select')) return library.fromDrizzle(shape as never, await drizzleSql());
  if (has(shape, 'query') && 'totalCount' in shape) throw outside('a Pool', 'the client of pool.connect()');
  if (has(shape, 'query')) return fromClient(shape as unknown as ClientLike);
  throw unknown(describeValue(transaction));
}

/**
 * The transaction that a host of the application has open, if there is one: `@nestjs-cls/transactional` answers its
 * connection where there is none.
 */
export function currentTransactionOf(host: unknown): unknown {
  const { isTransactionActive } = (host ?? {}) as { isTransactionActive?: unknown };
  if (typeof isTransactionActive !== 'function') return host ?? undefined;
  const { tx } = host as { tx?: unknown };
  return (host as { isTransactionActive(): boolean }).isTransactionActive() ? tx : undefined;
}

interface ClientLike {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

function fromClient(client: ClientLike): Db {
  return { executeSql: async (text, values) => ({ rows: (await client.query(text, values)).rows }) };
}

interface QueryRunnerLike {
  query(text: string, values: unknown[] | undefined, structured: true): Promise<{ records?: unknown[]; raw: unknown }>;
}

function fromTypeOrm(runner: QueryRunnerLike): Db {
  return {
    executeSql: async (text, values) => {
      const { records, raw } = await runner.query(text, values, true);
      return { rows: records ?? (Array.isArray(raw) ? raw : []) };
    },
  };
}

async function drizzleSql(): Promise<never> {
  try {
    const { sql } = await import('drizzle-orm');
    return sql as never;
  } catch (error) {
    throw new AuditTransactionError(
      `The package drizzle-orm is not found from nestjs-workos-audit (${messageOf(error)}). Pass fromDrizzle(tx, sql) of pg-boss instead.`,
    );
  }
}

function has(shape: Shape, method: string): boolean {
  return typeof shape[method] === 'function';
}

function outside(what: string, instead: string): AuditTransactionError {
  return new AuditTransactionError(
    `The \`transaction\` of an audit event is ${what}, which is in none. Give ${instead}.`,
  );
}

function unknown(what: string): AuditTransactionError {
  return new AuditTransactionError(`The \`transaction\` of an audit event is ${what}; expected ${KNOWN}.`);
}
