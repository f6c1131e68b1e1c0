import { isDataError } from './pg-boss.errors.js';
import type { PgBossConnection } from './pg-boss.connection.js';
import type { NewJob } from './pg-boss.jobs.js';

/** One insert takes no more than this. */
const MAX_JOBS = 1_000;
const MAX_BYTES = 4 * 1024 * 1024;
/** Inserts under way at the same time: one waits for its commit while the next is on its way. */
const CONCURRENCY = 2;

interface Waiting {
  readonly jobs: readonly NewJob[];
  readonly bytes: number;
  resolve(this: void, inserted: ReadonlySet<string>): void;
  reject(this: void, error: unknown): void;
}

/** Puts jobs into the queue. Those that wait together go out as one insert, since a thousand take little longer than one. */
export class PgBossAppender {
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #onIdle = (): void => {};

  constructor(private readonly connection: PgBossConnection) {}

  /** @returns the ids that were not there before */
  insert(jobs: readonly NewJob[]): Promise<ReadonlySet<string>> {
    return new Promise((resolve, reject: (error: unknown) => void) => {
      const bytes = jobs.reduce((sum, { data }) => sum + JSON.stringify(data).length, 0);
      this.#waiting.push({ jobs, bytes, resolve, reject });
      // By then all that is recorded in one turn of the event loop waits.
      queueMicrotask(() => this.#next());
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    if (this.#running + this.#waiting.length > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }

  #next(): void {
    while (this.#running < CONCURRENCY && this.#waiting.length > 0) {
      this.#running += 1;
      void this.#send(this.#batch()).finally(() => {
        this.#running -= 1;
        this.#next();
        if (this.#running + this.#waiting.length === 0) this.#onIdle();
      });
    }
  }

  #batch(): Waiting[] {
    let [jobs, bytes, count] = [0, 0, 0];
    for (const one of this.#waiting) {
      jobs += one.jobs.length;
      bytes += one.bytes;
      if (count > 0 && (jobs > MAX_JOBS || bytes > MAX_BYTES)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      const inserted = await this.#insert(batch.flatMap(({ jobs }) => jobs));
      for (const { resolve } of batch) resolve(inserted);
    } catch (error) {
      const [only] = batch.length === 1 ? batch : [];
      if (only) only.reject(error);
      // What one of them may not hold must not cost the others.
      else if (isDataError((error as Error).cause)) for (const one of batch) await this.#send([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async #insert(jobs: readonly NewJob[]): Promise<ReadonlySet<string>> {
    const { queue } = this.connection.settings;
    // The first of two with one id; pg-boss refuses both.
    const distinct = new Map(jobs.toReversed().map((job) => [job.id, job]));
    const rows = [...distinct.values()].toReversed();
    const ids = await this.connection.call('cannot store events, which are stored or not', (boss) =>
      boss.insert(queue, rows, { returnId: true }),
    );
    return new Set(ids);
  }
}
