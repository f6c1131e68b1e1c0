import { resolve } from 'node:path';
import { AuditOutboxError } from '../../audit.errors.js';
import { describeValue, messageOf } from '../../event/text.js';
import type { AuditEvent } from '../../event/event.js';
import {
  type AuditOutbox,
  type BuriedEntry,
  type BuriedFilter,
  type ClaimedEntry,
  type DeliveryError,
  MAX_DELAY_MS,
  type OutboxEntry,
  type OutboxStats,
} from '../outbox.js';
import { SqliteClient } from './sqlite.client.js';
import type { BuriedCursor, NewRow, SqliteOperation, SqliteOperations } from './sqlite.protocol.js';
import { startThread } from './sqlite.thread.js';

/** Options of {@link sqliteOutbox}. */
export interface SqliteOutboxOptions {
  /**
   * The file, made with its folder if it is missing. On a local disk: SQLite's WAL does not work over a network. Several
   * processes of one machine may share it.
   */
  readonly path: string;
  /**
   * `full`: what is stored survives a power cut, one fsync for all that waits together. `normal`: it survives the end of the
   * process, however sudden, but a power cut may cost the last moments. @default 'full'
   */
  readonly durability?: 'full' | 'normal';
  /**
   * The file grows no larger, but for 1 MiB in which what waits can still be delivered; beyond it `append` fails. At least
   * 1 MiB. @default unlimited
   */
  readonly maxBytes?: number;
  /** How long a call waits for the disk before it fails, in milliseconds; 40% of it for the lock of another process. @default 10_000 */
  readonly timeoutMs?: number;
}

/**
 * Keeps events in a SQLite file until WorkOS has them, durable when `record()` and the response return. Uses Node's own
 * `node:sqlite` (Node ≥ 22.13) in a thread of its own. The file, table `audit_outbox`, can be read with the `sqlite3` tool.
 *
 * @example
 * AuditModule.forRoot({ workos, outbox: sqliteOutbox({ path: 'var/audit-outbox.db' }) })
 */
export function sqliteOutbox(options: SqliteOutboxOptions): AuditOutbox {
  const { path, durability = 'full', maxBytes, timeoutMs = 10_000 } = options;
  const refuse = (name: string, wanted: string, value: unknown): never => {
    throw new AuditOutboxError(`sqliteOutbox({ ${name} }) must be ${wanted}, not ${describeValue(value)}.`);
  };
  if (typeof path !== 'string' || path === '' || path.startsWith(':') || path.includes('\0')) {
    refuse('path', `the name of a file, such as 'var/audit-outbox.db'`, path);
  }
  if (!['full', 'normal'].includes(durability)) refuse('durability', `'full' or 'normal'`, durability);
  if (maxBytes !== undefined && !(maxBytes >= 1024 * 1024)) refuse('maxBytes', 'at least 1048576', maxBytes);
  if (!(timeoutMs >= 1 && timeoutMs < 2 ** 31)) refuse('timeoutMs', 'a number of at least 1', timeoutMs);
  const settings = { file: resolve(path), durability, maxBytes, busyMs: Math.ceil(timeoutMs * 0.4) };
  return new SqliteOutbox(path, new SqliteClient(path, timeoutMs, () => startThread(settings)));
}

/** Rows read or changed by one call, so that no call holds up the others for long. */
const PAGE = 1_000;

/** The outbox as the process sees it; what it does is done by the thread (sqlite.worker.ts). */
class SqliteOutbox implements AuditOutbox {
  readonly #listeners = new Set<() => void>();
  #state: 'new' | 'open' | 'closed' = 'new';
  #closing?: Promise<void>;
  #waking = false;

  constructor(
    readonly name: string,
    private readonly client: SqliteClient,
  ) {}

  async open(): Promise<void> {
    await this.#closing;
    if (this.#state === 'open') return;
    try {
      await this.client.call('open');
      this.#state = 'open';
    } catch (error) {
      await this.client.end();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  async append(entries: readonly OutboxEntry[], options?: { transaction?: unknown }): Promise<void> {
    refuseTransaction(options);
    if (entries.length === 0) return;
    await this.#call('append', entries.map(toRow));
    this.#wakeSoon();
  }

  async claim(limit: number, leaseMs: number): Promise<ClaimedEntry[]> {
    const rows = await this.#call('claim', limit, leaseMs, Math.max(MAX_DELAY_MS, leaseMs));
    return rows.map(({ id, recordedAt, attempts, event }) => ({ id, recordedAt, attempts, event: parse(event) }));
  }

  complete(ids: readonly string[]): Promise<void> {
    return this.#call('complete', ids);
  }

  retry(id: string, at: Date, error: DeliveryError): Promise<void> {
    return this.#call('retry', id, at.getTime(), JSON.stringify(error));
  }

  bury(id: string, error: DeliveryError): Promise<void> {
    return this.#call('bury', id, JSON.stringify(error));
  }

  async unclaim(ids: readonly string[]): Promise<void> {
    await this.#call('unclaim', ids);
    this.#wake();
  }

  stats(): Promise<OutboxStats> {
    return this.#call('stats');
  }

  /** Page by page; entries buried after it began are not in it. */
  async *buried(filter: BuriedFilter = {}): AsyncGenerator<BuriedEntry> {
    const until = Date.now();
    let after: BuriedCursor | undefined;
    do {
      const rows = await this.#call('buried', filter, until, PAGE / 10, after);
      for (const { id, recordedAt, attempts, event, buriedAt, error } of rows) {
        yield { id, recordedAt, attempts, event: parse(event), buriedAt, error: JSON.parse(error) as DeliveryError };
      }
      after = rows.length < PAGE / 10 ? undefined : rows.at(-1);
    } while (after);
  }

  async redrive(filter: BuriedFilter = {}): Promise<number> {
    const until = Date.now();
    let redriven = 0;
    for (let page = PAGE; page === PAGE; redriven += page) {
      page = await this.#call('redrive', filter, until, PAGE);
      if (page > 0) this.#wake();
    }
    return redriven;
  }

  onAppend(wake: () => void): () => void {
    this.#listeners.add(wake);
    return () => this.#listeners.delete(wake);
  }

  hold(entry: OutboxEntry, leaseMs: number): Promise<void> {
    return this.#call('hold', toRow(entry), leaseMs);
  }

  async release(id: string, entry: OutboxEntry, options?: { transaction?: unknown }): Promise<void> {
    refuseTransaction(options);
    await this.#call('release', id, toRow(entry));
    this.#wake();
  }

  discard(id: string): Promise<void> {
    return this.#call('discard', id);
  }

  async #close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.#listeners.clear();
    try {
      if (this.client.started) await this.client.call('close');
    } finally {
      await this.client.end();
    }
  }

  #call<K extends SqliteOperation>(
    operation: K,
    ...args: Parameters<SqliteOperations[K]>
  ): Promise<ReturnType<SqliteOperations[K]>> {
    if (this.#state === 'open') return this.client.call(operation, ...args);
    const state = this.#state === 'new' ? 'not open' : 'closed';
    return Promise.reject(new AuditOutboxError(`The SQLite outbox (${this.name}) is ${state}.`));
  }

  /** Once for all that were stored together. */
  #wakeSoon(): void {
    if (this.#waking) return;
    this.#waking = true;
    queueMicrotask(() => {
      this.#waking = false;
      this.#wake();
    });
  }

  #wake(): void {
    for (const wake of this.#listeners) wake();
  }
}

function refuseTransaction(options?: { transaction?: unknown }): void {
  if (options?.transaction === undefined) return;
  throw new AuditOutboxError(
    'The SQLite outbox cannot take part in a transaction; use an outbox in the database of the transaction, such as pgBossOutbox().',
  );
}

function toRow({ id, recordedAt, event }: OutboxEntry): NewRow {
  try {
    return { id, recordedAt, action: event.action, organization: event.organizationId, event: JSON.stringify(event) };
  } catch (error) {
    throw new AuditOutboxError(`The event ${id} is not JSON: ${messageOf(error)}`);
  }
}

function parse(event: string): AuditEvent {
  return JSON.parse(event) as AuditEvent;
}
