import type { Db } from 'pg-boss' with { 'resolution-mode': 'import' };
import type { OutboxEntry } from '../outbox.js';
import type { PgBossAppender } from './pg-boss.appender.js';
import type { PgBossBuried } from './pg-boss.buried.js';
import type { PgBossConnection } from './pg-boss.connection.js';
import { dataOf, finalId, type Job, type JobData, jobOf } from './pg-boss.jobs.js';

/** Intents of the guarantee `write-ahead`: jobs whose time has not come, until they are released. */
export class PgBossIntents {
  /** Of this process, so that a renewal is one statement. */
  readonly #held = new Set<string>();

  constructor(
    private readonly connection: PgBossConnection,
    private readonly appender: PgBossAppender,
    private readonly buried: PgBossBuried,
  ) {}

  async hold(entry: OutboxEntry, leaseMs: number): Promise<void> {
    const startAfter = leaseMs / 1_000;
    if (!this.#held.has(entry.id)) {
      const data: JobData = { ...dataOf(entry), held: true };
      const inserted = await this.appender.insert([{ id: entry.id, data, startAfter }]);
      if (inserted.has(entry.id)) {
        this.#held.add(entry.id);
        return;
      }
      const job = await this.#find(entry.id);
      if (!job?.data.held) return;
    }
    const { queue } = this.connection.settings;
    await this.connection.call('cannot renew an intent', (boss) =>
      boss.update(queue, undefined, { id: entry.id, startAfter }),
    );
  }

  /** @param within the transaction that the event is to be part of */
  async release(id: string, entry: OutboxEntry, within?: Db): Promise<void> {
    if (id !== entry.id) await this.discard(id);
    const { queue } = this.connection.settings;
    const db = within && { db: within };
    const data = dataOf(entry);
    const { updated } = await this.connection.call('cannot store an event', (boss) =>
      boss.update(queue, data, { id: entry.id, startAfter: 0, ...db }),
    );
    if (updated === 0) await this.#replace(entry, within);
    this.#held.delete(entry.id);
  }

  async discard(id: string): Promise<void> {
    const { queue } = this.connection.settings;
    const job = await this.#find(id);
    this.#held.delete(id);
    if (!job?.data.held || job.state === 'active' || job.state === 'failed') return;
    await this.connection.call('cannot remove an intent', (boss) => boss.deleteJob(queue, id));
  }

  /** The intent is not there any more, or is being sent, or is buried. */
  async #replace(entry: OutboxEntry, within?: Db): Promise<void> {
    const { queue, deadLetter } = this.connection.settings;
    const job = await this.#find(entry.id, within);
    if (job?.state === 'failed') {
      const copies = await this.connection.call('cannot be read', (boss) =>
        boss.findJobs<JobData>(deadLetter, { data: { id: entry.id } }),
      );
      if (copies.length > 0) await this.buried.remove(copies);
      else await this.connection.call('cannot remove an intent', (boss) => boss.deleteJob(queue, entry.id));
    }
    // Beside the intent, under another id, so that nothing that becomes of the intent is taken for the event's.
    const row = { ...jobOf(entry), ...(job?.state === 'active' && { id: finalId(entry.id) }) };
    if (!within) await this.appender.insert([row]);
    else await this.connection.call('cannot store an event', (boss) => boss.insert(queue, [row], { db: within }));
  }

  async #find(id: string, within?: Db): Promise<Job | undefined> {
    const { queue } = this.connection.settings;
    const options = { id, ...(within && { db: within }) };
    const [job] = await this.connection.call('cannot be read', (boss) => boss.findJobs<JobData>(queue, options));
    return job;
  }
}
