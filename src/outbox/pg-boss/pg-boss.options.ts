import type { PgBoss } from 'pg-boss' with { 'resolution-mode': 'import' };
import { AuditOutboxError } from '../../audit.errors.js';
import { describeValue } from '../../event/text.js';

/** Options of {@link pgBossOutbox}. */
export interface PgBossOutboxOptions {
  /** Where the Postgres is, such as `postgres://user:password@host:5432/app`; the password appears in no log. Or give `boss`. */
  readonly connectionString?: string;
  /**
   * A pg-boss of the application, started before the module is initialised, and not stopped by the outbox. What a killed
   * instance had claimed comes back with its supervision: give it `superviseIntervalSeconds: 5, monitorIntervalSeconds: 5`.
   */
  readonly boss?: PgBoss;
  /** The Postgres schema of the outbox's own pg-boss, apart from that of another one. @default 'workos_audit' */
  readonly schema?: string;
  /** The queue of pg-boss; what WorkOS refuses goes to its dead letter queue, `<queue>-buried`. @default 'audit-events' */
  readonly queue?: string;
  /**
   * How long an instance may be silent before others take over what it was sending, in milliseconds; renewed while it
   * lives, so that it need not be longer than a request. Whole seconds, at least 10. @default 15_000
   */
  readonly leaseMs?: number;
  /** How long a call waits for Postgres, in milliseconds; a lost connection is tried again within it. @default 4_000 */
  readonly timeoutMs?: number;
  /** How long the boot waits for a Postgres that is not there yet, in milliseconds. @default 0, the boot fails at once */
  readonly bootTimeoutMs?: number;
  /** Connections of the pool, beside the one that listens; `boss` has its own. @default 5 */
  readonly maxConnections?: number;
  /**
   * Installs pg-boss's schema, and brings it up to date. `false` for a role that may not: then a role that may runs
   * `npx pg-boss migrate` before. @default true
   */
  readonly migrate?: boolean;
  /**
   * Tells other instances of new events by NOTIFY. Without it, or behind a PgBouncer in transaction mode, they find them
   * within `delivery.pollMs`. @default true
   */
  readonly notify?: boolean;
  /** Days that an event is kept which could neither be delivered nor was redriven. @default 3_650 */
  readonly retentionDays?: number;
  /**
   * The transaction that is open where an event is recorded, if there is one, so that none need be passed: itself, or a
   * `TransactionHost` of `@nestjs-cls/transactional`.
   */
  readonly transactionHost?: () => unknown;
}

/** The options with their defaults. */
export interface PgBossSettings extends PgBossOutboxOptions {
  readonly schema: string;
  readonly queue: string;
  /** Of what WorkOS refuses. */
  readonly deadLetter: string;
  readonly leaseMs: number;
  readonly timeoutMs: number;
  readonly bootTimeoutMs: number;
  readonly maxConnections: number;
  readonly migrate: boolean;
  readonly notify: boolean;
  readonly retentionDays: number;
}

/** pg-boss's own limits: names are identifiers of Postgres, a heartbeat takes ten seconds or more. */
const MIN_LEASE_MS = 10_000;
const MAX_DAYS = 20_000;

/** @throws AuditOutboxError that names the option and what it must be */
export function settingsOf(options: PgBossOutboxOptions): PgBossSettings {
  const refuse = (name: string, wanted: string, value: unknown): never => {
    throw new AuditOutboxError(`pgBossOutbox({ ${name} }) must be ${wanted}, not ${describeValue(value)}.`);
  };
  const { connectionString, boss, schema = 'workos_audit', queue = 'audit-events', leaseMs = 15_000 } = options ?? {};
  const { timeoutMs = 4_000, bootTimeoutMs = 0, maxConnections = 5, retentionDays = 3_650 } = options ?? {};
  if ((connectionString === undefined) === (boss === undefined)) {
    throw new AuditOutboxError(
      'pgBossOutbox() needs either { connectionString }, such as process.env.DATABASE_URL (is it set?), or { boss }.',
    );
  }
  // Not the value: it may hold a password.
  if (connectionString !== undefined && !/^postgres(ql)?:\/\/./.test(connectionString)) {
    throw new AuditOutboxError(
      'pgBossOutbox({ connectionString }) must be a URL such as postgres://user@host:5432/app.',
    );
  }
  if (boss !== undefined && typeof boss?.fetch !== 'function') refuse('boss', 'a PgBoss of pg-boss 12', boss);
  if (boss && options.schema !== undefined) refuse('schema', 'left out beside `boss`, which has its own', schema);
  if (!/^[a-z_]\w{0,49}$/i.test(schema)) refuse('schema', 'a plain name of Postgres, of 50 characters at most', schema);
  if (!/^[\w./-]{1,50}$/.test(queue)) refuse('queue', 'letters, digits, _ . / and -, 50 at most', queue);
  if (!(leaseMs >= MIN_LEASE_MS && leaseMs % 1_000 === 0 && leaseMs <= 3_600_000)) {
    refuse('leaseMs', `whole seconds from ${MIN_LEASE_MS} to 3600000`, leaseMs);
  }
  if (!(timeoutMs >= 100 && timeoutMs < 2 ** 31)) refuse('timeoutMs', 'a number of at least 100', timeoutMs);
  if (!(bootTimeoutMs >= 0 && bootTimeoutMs < 2 ** 31))
    refuse('bootTimeoutMs', 'a number of at least 0', bootTimeoutMs);
  if (!(Number.isInteger(maxConnections) && maxConnections >= 2)) {
    refuse('maxConnections', 'a whole number of at least 2', maxConnections);
  }
  if (!(retentionDays >= 1 && retentionDays <= MAX_DAYS))
    refuse('retentionDays', `from 1 to ${MAX_DAYS}`, retentionDays);
  const { migrate = true, notify = true } = options;
  const deadLetter = `${queue}-buried`;
  const numbers = { leaseMs, timeoutMs, bootTimeoutMs, maxConnections, retentionDays };
  return { ...options, ...numbers, schema, queue, deadLetter, migrate, notify };
}
