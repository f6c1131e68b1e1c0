import type { DeliveryError } from '../../outbox/outbox.js';
import { PgBossBuried } from '../../outbox/pg-boss/pg-boss.buried.js';
import type { PgBossConnection } from '../../outbox/pg-boss/pg-boss.connection.js';
import { jobOf, secondsUntil } from '../../outbox/pg-boss/pg-boss.jobs.js';
import { recordOf } from '../../schemas/schema.wire.js';
import { explainedPostgres } from './pg-boss.open.js';
import type { MovingEntry } from './sqlite.source.js';

/** Takes in events that come from another outbox, under the ids by which WorkOS knows them. */
export class PgBossReceiver {
  readonly #buried: PgBossBuried;

  constructor(private readonly connection: PgBossConnection) {
    this.#buried = new PgBossBuried(connection);
  }

  /** All of them or none; one that is there already stays as it is. */
  async store(entries: readonly MovingEntry[]): Promise<void> {
    const { queue } = this.connection.settings;
    const jobs = entries.map((entry) => ({ ...jobOf(entry), startAfter: secondsUntil(entry.dueAt) }));
    await explainedPostgres(() =>
      this.connection.transaction('cannot store events', async (boss, db) => {
        const inserted = new Set(await boss.insert(queue, jobs, { db, returnId: true }));
        for (const { id, buried } of entries) {
          if (buried !== undefined && inserted.has(id)) await this.#buried.buryWaiting(boss, db, id, errorIn(buried));
        }
      }),
    );
  }
}

function errorIn(text: string): DeliveryError {
  try {
    const { message, ...rest } = recordOf(JSON.parse(text));
    return typeof message === 'string' ? { message, ...rest } : { message: text };
  } catch {
    return { message: text };
  }
}
