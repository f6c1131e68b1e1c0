import type { PgBoss } from 'pg-boss' with { 'resolution-mode': 'import' };
import type { PgBossSettings } from './pg-boss.options.js';

/** pg-boss's bounds: an integer of Postgres, and a day. */
const NO_LIMIT = 2_147_483_646;
const ONE_DAY_SECONDS = 86_400;

/** Makes the two queues, or brings them to what the settings say. */
export async function prepareQueues(boss: PgBoss, settings: PgBossSettings): Promise<void> {
  const { queue, deadLetter, leaseMs, retentionDays } = settings;
  // Undelivered jobs are deleted after 14 days by default; and none is given up but by the dispatcher.
  const kept = { retentionSeconds: Math.round(retentionDays * ONE_DAY_SECONDS), retryLimit: NO_LIMIT };
  await prepare(boss, deadLetter, { ...kept, warningQueueSize: NO_LIMIT });
  await prepare(boss, queue, {
    ...kept,
    deadLetter,
    // A claim lasts as long as its process renews it, a day at the most.
    heartbeatSeconds: leaseMs / 1_000,
    expireInSeconds: ONE_DAY_SECONDS,
    retryDelay: 0,
    // The row of a buried event stays beside its copy in the dead letter queue, so that it is not stored twice.
    deleteAfterSeconds: 0,
    warningQueueSize: NO_LIMIT,
  });
}

type QueueSettings = NonNullable<Parameters<PgBoss['createQueue']>[1]>;

async function prepare(boss: PgBoss, name: string, wanted: QueueSettings): Promise<void> {
  const there = await boss.getQueue(name);
  if (!there) return boss.createQueue(name, wanted);
  const changed = Object.entries(wanted).filter(([key, value]) => there[key as keyof typeof there] !== value);
  if (changed.length > 0) await boss.updateQueue(name, Object.fromEntries(changed));
}
