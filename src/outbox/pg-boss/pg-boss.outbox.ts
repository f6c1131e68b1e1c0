import type { Db, JobAttempt } from 'pg-boss' with { 'resolution-mode': 'import' };
import { AuditOutboxError, AuditTransactionError } from '../../audit.errors.js';
import { messageOf } from '../../event/text.js';
import type {
  AuditOutbox,
  BuriedEntry,
  BuriedFilter,
  ClaimedEntry,
  DeliveryError,
  OutboxEntry,
  OutboxStats,
} from '../outbox.js';
import { PgBossAppender } from './pg-boss.appender.js';
import { PgBossBell } from './pg-boss.bell.js';
import { PgBossBuried } from './pg-boss.buried.js';
import { PgBossConnection } from './pg-boss.connection.js';
import { PgBossIntents } from './pg-boss.intents.js';
import { byAge, entryOf, isOurs, type JobData, jobOf, secondsUntil } from './pg-boss.jobs.js';
import { type Claim, PgBossLeases } from './pg-boss.leases.js';
import { type PgBossOutboxOptions, settingsOf } from './pg-boss.options.js';
import { statsOf } from './pg-boss.stats.js';
import { currentTransactionOf, transactionDb } from './pg-boss.transaction.js';

/**
 * Keeps events in Postgres, as jobs of pg-boss, until WorkOS has them: for more than one machine, and for events that
 * commit with the change that they tell of. Needs the package `pg-boss`.
 *
 * @example
 * AuditModule.forRoot({ workos, outbox: pgBossOutbox({ connectionString: process.env.DATABASE_URL }) })
 *
 * @throws AuditOutboxError for an option that cannot be
 */
export function pgBossOutbox(options: PgBossOutboxOptions): AuditOutbox {
  return new PgBossOutbox(new PgBossConnection(settingsOf(options)));
}

/** Where the job of an entry is, for an entry that this process has not claimed. */
type Located = JobAttempt | string;

class PgBossOutbox implements AuditOutbox {
  readonly name: string;
  readonly openTimeoutMs: number;
  readonly #appender: PgBossAppender;
  readonly #bell: PgBossBell;
  readonly #buried: PgBossBuried;
  readonly #intents: PgBossIntents;
  readonly #leases: PgBossLeases;
  #closing?: Promise<void>;

  constructor(private readonly connection: PgBossConnection) {
    const { bootTimeoutMs, timeoutMs } = connection.settings;
    this.name = connection.name;
    this.openTimeoutMs = bootTimeoutMs + 2 * Math.max(timeoutMs, 5_000) + 5_000;
    this.#appender = new PgBossAppender(connection);
    this.#bell = new PgBossBell(connection);
    this.#buried = new PgBossBuried(connection);
    this.#intents = new PgBossIntents(connection, this.#appender, this.#buried);
    this.#leases = new PgBossLeases(connection);
  }

  async open(): Promise<void> {
    await this.#closing;
    if (this.connection.isOpen) return;
    try {
      this.currentTransaction();
    } catch (error) {
      throw new AuditOutboxError(`pgBossOutbox({ transactionHost }) fails: ${messageOf(error)}`, { cause: error });
    }
    await this.connection.open();
    await this.#bell.open();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  async append(entries: readonly OutboxEntry[], options?: { transaction?: unknown }): Promise<void> {
    if (this.#closing) throw this.connection.error('is closed', '');
    if (options?.transaction !== undefined) return this.#appendWithin(entries, options.transaction);
    if (entries.length === 0) return;
    await this.#appender.insert(entries.map(jobOf));
    this.#bell.ring();
  }

  currentTransaction(): unknown {
    return currentTransactionOf(this.connection.settings.transactionHost?.());
  }

  async claim(limit: number, leaseMs: number): Promise<ClaimedEntry[]> {
    const { queue } = this.connection.settings;
    const options = { batchSize: limit, includeMetadata: true } as const;
    // Not twice: what the first answer would have told is claimed.
    const jobs = await this.connection.call('gives no events', (boss) => boss.fetch<JobData>(queue, options), {
      once: true,
    });
    const ours = jobs.filter(isOurs).toSorted(byAge);
    for (const job of ours) this.#leases.add(job, leaseMs);
    for (const job of jobs) {
      if (!isOurs(job)) await this.#buried.bury(job, { message: 'This job is no audit event.' });
    }
    return ours.map(({ data, retryCount: attempts }) => {
      const { id, recordedAt, event } = entryOf(data);
      return { id, recordedAt, event, attempts };
    });
  }

  async complete(ids: readonly string[]): Promise<void> {
    const { queue } = this.connection.settings;
    const claims = ids.map((id) => [id, this.#leases.get(id)] as const);
    const claimed = claims.filter((one): one is readonly [string, Claim] => one[1] !== undefined);
    const others = await Promise.all(claims.filter(([, claim]) => !claim).map(([id]) => this.#locate(id)));
    const attempts = [...claimed.map(([, { attempt }]) => attempt), ...others.flat()];
    const fenced = attempts.filter((one) => typeof one !== 'string');
    // The intent of an event that went out under another id, and what waits.
    const rest = [
      ...attempts.filter((one) => typeof one === 'string'),
      ...claimed.filter(([id, { attempt }]) => attempt.id !== id).map(([id]) => id),
    ];
    for (const gone of [fenced, rest]) {
      if (gone.length === 0) continue;
      await this.connection.call('cannot note a delivery', (boss) => boss.deleteJob(queue, gone as string[]));
    }
    for (const [id, claim] of claimed) this.#leases.remove(id, claim);
  }

  async retry(id: string, at: Date, error: DeliveryError): Promise<void> {
    const { queue } = this.connection.settings;
    // Before the transaction, from whose beginning Postgres counts.
    const startAfter = secondsUntil(at.getTime());
    await this.#settle(id, (located) =>
      this.connection.transaction('cannot put an event back', async (boss, db) => {
        if (typeof located !== 'string') await boss.fail(queue, located, error, { db });
        const jobId = typeof located === 'string' ? located : located.id;
        if (typeof located === 'string' || startAfter > 0) {
          await boss.update(queue, undefined, { id: jobId, startAfter, db });
        }
      }),
    );
  }

  bury(id: string, error: DeliveryError): Promise<void> {
    return this.#settle(id, (located) => this.#buried.bury(located, error));
  }

  stats(): Promise<OutboxStats> {
    return statsOf(this.connection);
  }

  buried(filter?: BuriedFilter): AsyncIterable<BuriedEntry> {
    return this.#buried.entries(filter);
  }

  async redrive(filter?: BuriedFilter): Promise<number> {
    const redriven = await this.#buried.redrive(filter);
    if (redriven > 0) this.#bell.ring();
    return redriven;
  }

  onAppend(wake: () => void): () => void {
    return this.#bell.listen(wake);
  }

  hold(entry: OutboxEntry, leaseMs: number): Promise<void> {
    return this.#intents.hold(entry, leaseMs);
  }

  async release(id: string, entry: OutboxEntry, options?: { transaction?: unknown }): Promise<void> {
    const { transaction } = options ?? {};
    if (transaction === undefined) await this.#intents.release(id, entry);
    else await this.#within(transaction, (db) => this.#intents.release(id, entry, db));
    this.#bell.ring();
  }

  discard(id: string): Promise<void> {
    return this.#intents.discard(id);
  }

  async #appendWithin(entries: readonly OutboxEntry[], transaction: unknown): Promise<void> {
    const { queue } = this.connection.settings;
    const jobs = entries.map(jobOf);
    await this.#within(transaction, (db) =>
      this.connection.call('cannot store events', (boss) => boss.insert(queue, jobs, { db }), { once: true }),
    );
  }

  /** @throws AuditTransactionError that tells why the event is not in the transaction */
  async #within(transaction: unknown, work: (db: Db) => Promise<unknown>): Promise<void> {
    try {
      const db = await transactionDb(transaction, this.connection.library);
      const isOpen = await this.connection.call('cannot use the transaction', () => this.#bell.ringAtCommit(db), {
        once: true,
      });
      if (!isOpen) {
        throw new AuditTransactionError(
          'The transaction that was given for an audit event is over, or was none: record the event before the commit, and await it.',
        );
      }
      await work(db);
    } catch (error) {
      if (error instanceof AuditTransactionError) throw error;
      throw new AuditTransactionError(messageOf(error), { cause: error });
    }
  }

  /** Settles a claim, but for an intent whose final event is there: then nothing more may become of it. */
  async #settle(id: string, settle: (located: Located) => Promise<void>): Promise<void> {
    const { queue } = this.connection.settings;
    const claim = this.#leases.get(id);
    if (!claim) {
      for (const located of await this.#locate(id)) await settle(located);
      return;
    }
    const { attempt, held } = claim;
    if (held && (await this.#leases.hasFinal(id))) {
      await this.connection.call('cannot remove an intent', (boss) => boss.deleteJob(queue, attempt));
      this.#bell.ring();
    } else await settle(attempt);
    this.#leases.remove(id, claim);
  }

  /** The jobs of an entry that another process has claimed, or nobody: not what is buried, and no intent. */
  async #locate(id: string): Promise<Located[]> {
    const { queue } = this.connection.settings;
    const read = (filter: { id: string } | { data: object }) =>
      this.connection.call('cannot be read', (boss) => boss.findJobs<JobData>(queue, filter));
    let jobs = await read({ id });
    if (jobs.length === 0) jobs = await read({ data: { id } });
    return jobs
      .filter(({ state, data }) => state === 'active' || (state !== 'failed' && !data.held))
      .map(({ id: jobId, retryCount, state }) => (state === 'active' ? { id: jobId, retryCount } : jobId));
  }

  async #close(): Promise<void> {
    if (!this.connection.isOpen) return;
    await this.#appender.settled();
    await this.#leases.close();
    await this.#bell.close();
    await this.connection.close();
  }
}
