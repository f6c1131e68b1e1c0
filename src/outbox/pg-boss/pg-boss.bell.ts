import { createHash, randomUUID } from 'node:crypto';
import type { Db } from 'pg-boss' with { 'resolution-mode': 'import' };
import { guarded } from '../../event/guarded.js';
import { messageOf } from '../../event/text.js';
import type { PgBossConnection } from './pg-boss.connection.js';

/** NOTIFY holds up other commits for a moment, so that one process rings no more often than this. */
const QUIET_MS = 10;

/**
 * Wakes the instances when there are new events: this one at once, others by NOTIFY on a channel of our own. It is but a
 * hint, since everyone polls as well.
 */
export class PgBossBell {
  readonly #listeners = new Set<() => void>();
  readonly #self = randomUUID();
  readonly #channel: string;
  #handle?: Awaited<ReturnType<NonNullable<Db['listen']>>>;
  #rungAt = -Infinity;
  #later?: NodeJS.Timeout;

  constructor(private readonly connection: PgBossConnection) {
    const { schema, queue } = connection.settings;
    const digest = createHash('sha256').update(`${schema}.${queue}`).digest('hex');
    this.#channel = `workos_audit_${digest.slice(0, 24)}`;
  }

  listen(wake: () => void): () => void {
    this.#listeners.add(wake);
    return () => this.#listeners.delete(wake);
  }

  async open(): Promise<void> {
    if (!this.connection.settings.notify) return;
    const hear = (from: string): void => {
      if (from !== this.#self) this.#wake();
    };
    const opened = await guarded(
      () =>
        this.connection.call('cannot listen', async (boss) =>
          boss.getDb().listen?.(this.#channel, hear, () => this.#wake()),
        ),
      this.connection.settings.timeoutMs,
    );
    if (opened.ok) this.#handle = opened.value;
    else this.connection.warn(`LISTEN failed, so events of other instances are polled for: ${messageOf(opened.error)}`);
  }

  async close(): Promise<void> {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#listeners.clear();
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle) await guarded(() => handle.close(), this.connection.settings.timeoutMs);
  }

  /** Something has become due, and is committed. */
  ring(): void {
    this.#wake();
    if (!this.connection.settings.notify || this.#later) return;
    const wait = Math.max(0, this.#rungAt + QUIET_MS - performance.now());
    this.#later = setTimeout(() => void this.#notify(), wait);
    this.#later.unref();
  }

  /**
   * For an append within a transaction: tells everyone when it commits, this process too.
   * @returns whether there is a transaction; outside of one, its time is that of the statement
   */
  async ringAtCommit(db: Db): Promise<boolean> {
    const bell = this.connection.settings.notify
      ? `, (SELECT count(*) FROM (SELECT pg_notify('${this.#channel}', '')) AS rung)`
      : '';
    const { rows } = await db.executeSql(`SELECT transaction_timestamp() < statement_timestamp() AS open${bell}`);
    return (rows[0] as { open?: unknown } | undefined)?.open === true;
  }

  #wake(): void {
    for (const wake of this.#listeners) wake();
  }

  async #notify(): Promise<void> {
    this.#rungAt = performance.now();
    this.#later = undefined;
    const text = `SELECT count(*) FROM (SELECT pg_notify('${this.#channel}', '${this.#self}')) AS rung`;
    // Nobody is told that it failed: they poll.
    await guarded(
      () => this.connection.call('cannot notify', (boss) => boss.getDb().executeSql(text), { once: true }),
      this.connection.settings.timeoutMs,
      { keepAlive: false },
    );
  }
}
