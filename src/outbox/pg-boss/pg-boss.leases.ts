import type { JobAttempt } from 'pg-boss' with { 'resolution-mode': 'import' };
import { messageOf } from '../../event/text.js';
import type { PgBossConnection } from './pg-boss.connection.js';
import { finalId, type Job } from './pg-boss.jobs.js';

/** A job that this process has claimed. The attempt fences what is said of it: another's claim is left alone. */
export interface Claim {
  readonly attempt: JobAttempt;
  readonly held: boolean;
  /** When the lease that was asked for is over, on the monotonic clock. */
  readonly until: number;
}

/** Jobs that one statement renews or gives back. */
const PAGE = 1_000;
/** At the end of the process it must be quick; the rest comes back when the heartbeat stops. */
const MAX_GIVEN_BACK = 200;
const LEASE_OVER = { message: 'The lease ran out before it was known what became of the attempt.' };

/**
 * The claims of this process. pg-boss takes a job back when its heartbeat stops, so a killed process is noticed soon, and a
 * lease of any length is kept by renewing the heartbeat until then. At its end the job is given back.
 */
export class PgBossLeases {
  /** By the id of the entry. */
  readonly #claims = new Map<string, Claim>();
  #timer?: NodeJS.Timeout;
  #renewedAt = performance.now();

  constructor(private readonly connection: PgBossConnection) {}

  add(job: Job, leaseMs: number): void {
    const until = performance.now() + leaseMs;
    const { id, retryCount, data } = job;
    this.#claims.set(data.id, { attempt: { id, retryCount }, held: data.held === true, until });
    this.#schedule();
  }

  get(id: string): Claim | undefined {
    return this.#claims.get(id);
  }

  /** Its job is settled. A claim that took its place meanwhile stays. */
  remove(id: string, claim: Claim): void {
    if (this.#claims.get(id) === claim) this.#claims.delete(id);
  }

  /** Ends the renewal. What is still claimed becomes due when its lease is over, at the latest when its heartbeat is. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const claims = [...this.#claims.values()].slice(0, MAX_GIVEN_BACK);
    this.#claims.clear();
    try {
      if (claims.length > 0) await this.#giveBack(claims);
    } catch (error) {
      this.connection.warn(`Claims were not given back: ${messageOf(error)}`);
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#claims.size === 0) return;
    let next = this.#renewedAt + this.#renewalMs;
    for (const { until } of this.#claims.values()) next = Math.min(next, until);
    const wait = Math.max(10, Math.ceil(next - performance.now()));
    this.#timer = setTimeout(() => void this.#tick(), wait);
    this.#timer.unref();
  }

  get #renewalMs(): number {
    return this.connection.settings.leaseMs / 3;
  }

  async #tick(): Promise<void> {
    const now = performance.now();
    const over = [...this.#claims].filter(([, { until }]) => until <= now);
    for (const [id] of over) this.#claims.delete(id);
    try {
      await this.#end(over);
      if (now - this.#renewedAt >= this.#renewalMs - 10) await this.#renew(now);
    } catch (error) {
      // The heartbeat stops, and pg-boss takes them back.
      this.connection.warn(`Claims were neither renewed nor given back: ${messageOf(error)}`);
    }
    if (this.connection.isOpen) this.#schedule();
  }

  async #end(over: readonly (readonly [string, Claim])[]): Promise<void> {
    const { queue } = this.connection.settings;
    const back: JobAttempt[] = [];
    for (const [id, { attempt, held }] of over) {
      if (held && (await this.hasFinal(id))) {
        await this.connection.call('cannot remove an intent', (boss) => boss.deleteJob(queue, attempt));
      } else back.push(attempt);
    }
    for (let from = 0; from < back.length; from += PAGE) {
      const page = back.slice(from, from + PAGE);
      await this.connection.call('cannot give back claims', (boss) => boss.fail(queue, page, LEASE_OVER));
    }
  }

  async #renew(now: number): Promise<void> {
    this.#renewedAt = now;
    const attempts = [...this.#claims.values()].map(({ attempt }) => attempt);
    const { queue } = this.connection.settings;
    for (let from = 0; from < attempts.length; from += PAGE) {
      const page = attempts.slice(from, from + PAGE);
      await this.connection.call('cannot renew its claims', (boss) => boss.touch(queue, page));
    }
  }

  /** Whether the final event of an intent is stored beside it, since the intent was being sent when it was released. */
  async hasFinal(id: string): Promise<boolean> {
    const { queue } = this.connection.settings;
    const found = await this.connection.call('cannot be read', (boss) => boss.findJobs(queue, { id: finalId(id) }));
    return found.length > 0;
  }

  async #giveBack(claims: readonly Claim[]): Promise<void> {
    const { queue } = this.connection.settings;
    const now = performance.now();
    const later = claims.map(({ attempt: { id }, until }) => ({ id, startAfter: Math.max(0, until - now) / 1_000 }));
    await this.connection.transaction('cannot give back claims', async (boss, db) => {
      const attempts = claims.map(({ attempt }) => attempt);
      await boss.fail(queue, attempts, LEASE_OVER, { db });
      for (const options of later) await boss.update(queue, undefined, { ...options, db });
    });
  }
}
