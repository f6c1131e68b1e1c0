import type { BuriedFilter, OutboxStats } from '../../outbox/outbox.js';
import { PgBossBuried } from '../../outbox/pg-boss/pg-boss.buried.js';
import type { PgBossConnection } from '../../outbox/pg-boss/pg-boss.connection.js';
import { isOurs, type Job, type JobData } from '../../outbox/pg-boss/pg-boss.jobs.js';
import type { PgBossOutboxOptions } from '../../outbox/pg-boss/pg-boss.options.js';
import { statsOf } from '../../outbox/pg-boss/pg-boss.stats.js';
import type { BuriedSelection, ListQuery, OutboxInspector, OutboxItem, WholeItem } from './outbox.inspector.js';
import { buriedItem, isUuid, itemOf, wholeItem } from './pg-boss.items.js';
import { explainedPostgres, openPostgres } from './pg-boss.open.js';

const PAGE = 500;

/** The queue of a `pgBossOutbox`, which applications may use meanwhile. */
export class PgBossInspector implements OutboxInspector {
  readonly name: string;
  readonly #buried: PgBossBuried;

  private constructor(private readonly connection: PgBossConnection) {
    this.name = connection.name;
    this.#buried = new PgBossBuried(connection);
  }

  /** @throws CliError when there is no such outbox */
  static async open(options: PgBossOutboxOptions): Promise<PgBossInspector> {
    return new PgBossInspector(await openPostgres(options, 'visit'));
  }

  stats(): Promise<OutboxStats> {
    return explainedPostgres(() => statsOf(this.connection));
  }

  list({ state, limit, ...filter }: ListQuery): Promise<{ items: OutboxItem[]; total: number }> {
    return explainedPostgres(async () => {
      const items: OutboxItem[] = [];
      let total = 0;
      for await (const page of this.#items(state, filter)) {
        const found = page.filter((item) => state === 'all' || item.state === state);
        total += found.length;
        if (items.length < limit) items.push(...found.slice(0, limit - items.length));
      }
      return { items: items.toSorted((a, b) => a.recordedAt - b.recordedAt), total };
    });
  }

  find(id: string): Promise<WholeItem | undefined> {
    return explainedPostgres(async () => {
      if (!isUuid(id)) return undefined;
      const { queue, deadLetter } = this.connection.settings;
      const read = (name: string, filter: { id: string } | { data: object }) =>
        this.connection.call('cannot be read', (boss) => boss.findJobs<JobData>(name, filter));
      const waiting = (job: Job): boolean => job.state !== 'failed' && isOurs(job);
      const own = (await read(queue, { id })).find(waiting);
      // After a redrive the job has another id than its event.
      const job = own ?? (await read(queue, { data: { id } })).find(waiting);
      if (job) return wholeItem(itemOf(job), job);
      const copy = (await read(deadLetter, { data: { id } })).find(isOurs);
      return copy && wholeItem(buriedItem(copy), copy);
    });
  }

  countBuried(selection: BuriedSelection): Promise<number> {
    return explainedPostgres(async () => {
      let count = 0;
      for await (const page of this.#selected(selection)) count += page.length;
      return count;
    });
  }

  async *redrive(selection: BuriedSelection): AsyncGenerator<number> {
    for await (const page of this.#selected(selection)) {
      yield await explainedPostgres(() => this.#buried.redriveJobs(page));
    }
  }

  async *purge(selection: BuriedSelection, see: (items: WholeItem[]) => Promise<void>): AsyncGenerator<number> {
    for await (const page of this.#selected(selection)) {
      await see(page.map((job) => wholeItem(buriedItem(job), job)));
      yield await explainedPostgres(() => this.#buried.remove(page));
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  async *#selected({ ids, until, ...filter }: BuriedSelection): AsyncGenerator<Job[]> {
    const filters: BuriedFilter[] = ids.length === 0 ? [filter] : ids.map((id) => ({ id, ...filter }));
    for (const one of filters) {
      for await (const page of this.#buried.pages(one, PAGE)) {
        const chosen = page.filter((job) => isOurs(job) && job.createdOn.getTime() <= until);
        if (chosen.length > 0) yield chosen;
      }
    }
  }

  async *#items(state: ListQuery['state'], filter: BuriedFilter): AsyncGenerator<OutboxItem[]> {
    if (state !== 'buried') yield* this.#waiting(filter);
    if (state !== 'buried' && state !== 'all') return;
    for await (const page of this.#buried.pages(filter, PAGE)) yield page.filter(isOurs).map(buriedItem);
  }

  async *#waiting(filter: BuriedFilter): AsyncGenerator<OutboxItem[]> {
    const { queue } = this.connection.settings;
    const pages = this.#buried.pages(filter, PAGE, queue);
    for await (const page of pages) yield page.filter((job) => job.state !== 'failed' && isOurs(job)).map(itemOf);
  }
}
