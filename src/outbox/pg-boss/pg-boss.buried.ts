import type { Db, JobAttempt, PgBoss } from 'pg-boss' with { 'resolution-mode': 'import' };
import type { BuriedEntry, BuriedFilter, DeliveryError } from '../outbox.js';
import type { PgBossConnection } from './pg-boss.connection.js';
import { buriedOf, filterOf, isOurs, type Job, type JobData } from './pg-boss.jobs.js';

const PAGE = 500;

/**
 * What WorkOS will not take. pg-boss copies a job that has failed for good to the dead letter queue, with its reason; the
 * failed job stays beside it, so that the same event is not stored again, until a redrive makes a new job of the copy.
 */
export class PgBossBuried {
  constructor(private readonly connection: PgBossConnection) {}

  /** @param attempt of a claim, or the id of a job that waits */
  async bury(attempt: JobAttempt | string, error: DeliveryError): Promise<void> {
    const { queue } = this.connection.settings;
    await this.connection.transaction('cannot bury an event', async (boss, db) => {
      // pg-boss buries what has no retries left, and changes that of a job only while it waits.
      if (typeof attempt !== 'string') await boss.fail(queue, attempt, error, { db });
      await this.buryWaiting(boss, db, typeof attempt === 'string' ? attempt : attempt.id, error);
    });
  }

  async buryWaiting(boss: PgBoss, db: Db, id: string, error: DeliveryError): Promise<void> {
    const { queue } = this.connection.settings;
    const { updated } = await boss.update(queue, undefined, { id, retryLimit: 0, startAfter: 3_600, db });
    if (updated > 0) await boss.fail(queue, id, error, { db });
  }

  async *entries(filter?: BuriedFilter): AsyncGenerator<BuriedEntry> {
    for await (const page of this.pages(filter)) {
      for (const job of page) if (isOurs(job)) yield buriedOf(job);
    }
  }

  /** The jobs of a queue that were there when it began, each once, oldest first, also while they go. */
  async *pages(filter?: BuriedFilter, size = PAGE, queue = this.connection.settings.deadLetter): AsyncGenerator<Job[]> {
    const data = filterOf(filter);
    const seen = new Set<string>();
    let after: string | undefined;
    let until: number | undefined;
    for (;;) {
      const jobs = await this.#page(queue, { data, limit: size, after });
      // The last of the previous page is gone: from the start again.
      if (!jobs) {
        after = undefined;
        continue;
      }
      until ??= Date.now() + 60_000; // Postgres's clock may be ahead
      const fresh = jobs.filter(({ id, createdOn }) => !seen.has(id) && createdOn.getTime() <= until!);
      for (const { id } of fresh) seen.add(id);
      if (fresh.length > 0) yield fresh;
      if (jobs.length < size) return;
      after = jobs.at(-1)?.id;
    }
  }

  async redrive(filter?: BuriedFilter): Promise<number> {
    let redriven = 0;
    for await (const page of this.pages(filter)) redriven += await this.redriveJobs(page);
    return redriven;
  }

  /** @returns how many were still there */
  async redriveJobs(jobs: readonly Job[]): Promise<number> {
    const { queue, deadLetter } = this.connection.settings;
    if (jobs.length === 0) return 0;
    const ids = jobs.map(({ id }) => id);
    const failed = jobs.map(({ sourceId }) => sourceId).filter((id) => id !== null);
    return this.connection.transaction('cannot redrive events', async (boss, db) => {
      const moved = await boss.redrive(deadLetter, { ids, destination: queue, limit: ids.length, db });
      if (failed.length > 0) await boss.deleteJob(queue, failed, { db });
      return moved;
    });
  }

  /** Deletes jobs of the dead letter queue for good, with the failed jobs that they are copies of. */
  async remove(jobs: readonly Job[]): Promise<number> {
    const { queue, deadLetter } = this.connection.settings;
    if (jobs.length === 0) return 0;
    const failed = jobs.map(({ sourceId }) => sourceId).filter((id) => id !== null);
    return this.connection.transaction('cannot delete events', async (boss, db) => {
      const ids = jobs.map(({ id }) => id);
      const removed = (await boss.deleteJob(deadLetter, ids, { db })) as { affected?: number };
      if (failed.length > 0) await boss.deleteJob(queue, failed, { db });
      return removed.affected ?? ids.length;
    });
  }

  async #page(queue: string, options: { data?: object; limit: number; after?: string }): Promise<Job[] | undefined> {
    const { data, limit, after } = options;
    return this.connection.call('cannot be read', async (boss) => {
      try {
        return await boss.findJobs<JobData>(queue, {
          limit,
          ...(data !== undefined && { data }),
          ...(after !== undefined && { after }),
        });
      } catch (error) {
        if (after !== undefined && /no longer exists/.test((error as Error).message)) return undefined;
        throw error;
      }
    });
  }
}
