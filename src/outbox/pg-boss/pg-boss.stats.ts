import type { OutboxStats } from '../outbox.js';
import type { PgBossConnection } from './pg-boss.connection.js';
import { isOurs, type Job, type JobData } from './pg-boss.jobs.js';

/** So many jobs are looked at one by one; of more, pg-boss's own counts are taken, which it makes every few seconds. */
export const EXACT_JOBS = 1_000;

/** Where the jobs of the queue are. */
export async function statsOf(connection: PgBossConnection): Promise<OutboxStats> {
  const { queue, deadLetter } = connection.settings;
  const read = <T extends readonly unknown[]>(work: Parameters<typeof connection.call<T>>[1]): Promise<T> =>
    connection.call('cannot be counted', work);
  const limit = EXACT_JOBS + 1;
  const [jobs, copies] = await Promise.all([
    read((boss) => boss.findJobs<JobData>(queue, { limit })),
    read((boss) => boss.findJobs<JobData>(deadLetter, { limit })),
  ]);
  if (jobs.length < limit) return { ...counted(jobs), buried: copies.length };

  const [[counts], waiting, intents, [buried]] = await Promise.all([
    read((boss) => boss.getQueueStats(queue, { force: true })),
    read((boss) => boss.findJobs<JobData>(queue, { queued: true, limit: 100 })),
    read((boss) => boss.findJobs<JobData>(queue, { queued: true, data: { held: true }, limit })),
    read((boss) => boss.getQueueStats(deadLetter, { force: true })),
  ]);
  const { held } = counted(intents);
  const { oldestAgeMs } = counted(waiting);
  return {
    pending: Math.max(0, (counts?.queuedCount ?? 0) - held),
    leased: counts?.activeCount ?? 0,
    held,
    buried: copies.length < limit ? copies.length : (buried?.queuedCount ?? 0),
    ...(oldestAgeMs !== undefined && { oldestAgeMs }),
  };
}

function counted(jobs: readonly Job[]): Omit<OutboxStats, 'buried'> {
  const now = Date.now();
  const count = { pending: 0, leased: 0, held: 0 };
  let oldest = Infinity;
  for (const job of jobs) {
    if (job.state === 'failed' || !isOurs(job)) continue;
    if (job.state === 'active') count.leased += 1;
    else if (job.data.held && job.startAfter.getTime() > now) count.held += 1;
    else count.pending += 1;
    oldest = Math.min(oldest, job.data.recordedAt);
  }
  return { ...count, ...(oldest !== Infinity && { oldestAgeMs: Math.max(0, now - oldest) }) };
}
