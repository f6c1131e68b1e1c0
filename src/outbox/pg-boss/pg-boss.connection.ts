import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Db, PgBoss } from 'pg-boss' with { 'resolution-mode': 'import' };
import { AuditOutboxError } from '../../audit.errors.js';
import { LogThrottle } from '../../audit.log.js';
import { guarded } from '../../event/guarded.js';
import { messageOf } from '../../event/text.js';
import { explain, isConnectionError, isDataError } from './pg-boss.errors.js';
import { nameOf, withoutPassword } from './pg-boss.name.js';
import type { PgBossSettings } from './pg-boss.options.js';
import { prepareQueues } from './pg-boss.queues.js';

export type PgBossLibrary = typeof import('pg-boss', { with: { 'resolution-mode': 'import' } });

/** Killed instances are noticed so often, whichever instance looks first. */
const SUPERVISE_SECONDS = 5;
/** The client gives up a query that hangs, and its connection, after this: a network that swallows packets says nothing. */
const HANGING_QUERY_MS = 60_000;

/** A pg-boss, its own or the application's. Every call ends, and one that fails says what to do. */
export class PgBossConnection {
  readonly name: string;
  readonly #log = new LogThrottle((message) => new Logger('AuditModule').warn(message));
  #boss?: PgBoss;
  #library?: PgBossLibrary;
  /** Since when no call has got through. */
  #downSince?: number;
  #state: 'new' | 'open' | 'closed' = 'new';

  /** @param access `visit`, as a command does: makes nothing, and leaves the maintenance to the applications */
  constructor(
    readonly settings: PgBossSettings,
    private readonly access: 'own' | 'visit' = 'own',
  ) {
    this.name = nameOf(settings);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** @throws AuditOutboxError when it is not open */
  get library(): PgBossLibrary {
    if (this.#library) return this.#library;
    throw this.error('is not open', '');
  }

  async open(): Promise<void> {
    const { bootTimeoutMs, timeoutMs } = this.settings;
    const deadline = performance.now() + bootTimeoutMs;
    this.#library ??= await this.#load();
    for (;;) {
      const started = await guarded(() => this.#start(), Math.max(timeoutMs, 5_000) * 2);
      if (started.ok) break;
      await this.close();
      if (performance.now() >= deadline || !isConnectionError(started.error)) {
        throw this.error('cannot be opened', started.error);
      }
      this.warn(`The outbox (${this.name}) waits for its Postgres: ${explain(started.error)}`);
      await sleep(Math.min(500, Math.max(deadline - performance.now(), 1)));
    }
    this.#state = 'open';
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    const boss = this.#boss;
    this.#boss = undefined;
    if (!boss || this.settings.boss) return;
    const stopped = await guarded(() => boss.stop({ graceful: false, timeout: 1_000 }), this.settings.timeoutMs);
    if (!stopped.ok)
      this.warn(`The connections of the outbox (${this.name}) did not close: ${messageOf(stopped.error)}`);
  }

  /**
   * Runs `work`, and again while the connection breaks, as long as the time-out allows.
   *
   * @param what for the error, such as `cannot store events`
   * @param once for what may not be done twice
   */
  async call<T>(what: string, work: (boss: PgBoss) => Promise<T>, { once = false } = {}): Promise<T> {
    const { timeoutMs } = this.settings;
    const start = performance.now();
    for (let pause = 25; ; pause *= 2) {
      const boss = this.#boss;
      if (!boss || this.#state !== 'open') throw this.error(this.#state === 'new' ? 'is not open' : 'is closed', '');
      const left = timeoutMs - (performance.now() - start);
      const done = await guarded(() => work(boss), Math.max(left, 1));
      if (done.ok) {
        this.#downSince = undefined;
        return done.value;
      }
      // When it has been down for long, waiting would help nobody.
      const waiting = performance.now() - (this.#downSince ??= performance.now()) < timeoutMs;
      const again = !once && waiting && left > pause && isConnectionError(done.error);
      if (!again) throw this.error(what, done.error);
      await sleep(pause);
    }
  }

  /** Runs `work` in a transaction of its own, or step by step where the application's pg-boss has a database without. */
  transaction<T>(what: string, work: (boss: PgBoss, db: Db) => Promise<T>): Promise<T> {
    return this.call(what, async (boss) => {
      const db = boss.getDb();
      const opened = await db.beginTransaction?.();
      if (!opened) return work(boss, db);
      try {
        const result = await work(boss, opened.db);
        await opened.commit();
        return result;
      } catch (error) {
        await opened.rollback();
        throw error;
      }
    });
  }

  warn(message: string): void {
    this.#log.log(this.#clean(message));
  }

  error(what: string, cause: unknown): AuditOutboxError {
    const reason = cause === '' ? '.' : `: ${explain(cause)}`;
    // No other cause is handed on: it may hold the connection string.
    const options = isDataError(cause) ? { cause } : undefined;
    return new AuditOutboxError(this.#clean(`The outbox (${this.name}) ${what}${reason}`), options);
  }

  #clean(message: string): string {
    return withoutPassword(message, this.settings.connectionString);
  }

  async #load(): Promise<PgBossLibrary> {
    try {
      return await import('pg-boss');
    } catch (error) {
      throw new AuditOutboxError(
        `pgBossOutbox() needs the package pg-boss, of version 12.38 or later: npm install pg-boss (${messageOf(error)})`,
      );
    }
  }

  async #start(): Promise<void> {
    const { boss: given } = this.settings;
    this.#boss = given ?? this.#own();
    if (!given) await this.#boss.start();
    if (this.access === 'own') return prepareQueues(this.#boss, this.settings);
    const { queue } = this.settings;
    if (!(await this.#boss.getQueue(queue))) throw new Error(`there is no queue '${queue}'`);
  }

  #own(): PgBoss {
    const { connectionString, schema, migrate, maxConnections, timeoutMs } = this.settings;
    const options = {
      connectionString,
      schema,
      migrate: migrate && this.access === 'own',
      supervise: this.access === 'own',
      max: maxConnections,
      connectionTimeoutMillis: timeoutMs,
      application_name: 'nestjs-workos-audit',
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
      schedule: false,
      registerInstance: false,
      // What the outbox does is no part of the application's traces.
      openTelemetry: { enabled: false },
      // Passed on to node-postgres.
      keepAlive: true,
      query_timeout: Math.max(HANGING_QUERY_MS, timeoutMs),
    };
    const boss = new this.library.PgBoss(options);
    boss.on('error', (error) => this.warn(`The outbox (${this.name}) has lost its Postgres: ${explain(error)}`));
    boss.on('warning', ({ message }) => this.warn(`The outbox (${this.name}): ${message}`));
    return boss;
  }
}
