export { pgBossOutbox } from './outbox/pg-boss/pg-boss.outbox.js';
export type { PgBossOutboxOptions } from './outbox/pg-boss/pg-boss.options.js';
export type { SqlTransaction } from './outbox/pg-boss/pg-boss.transaction.js';
