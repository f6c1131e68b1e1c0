import type { Logger } from '@nestjs/common';
import type { Counters } from '../audit.counters.js';
import { AuditTransactionError } from '../audit.errors.js';
import type { AuditHooks } from '../audit.hooks.js';
import type { AuditIntent } from '../audit.intent.js';
import { guarded } from '../event/guarded.js';
import { messageOf } from '../event/text.js';
import { Deadlines } from './deadlines.js';
import type { AuditOutbox, OutboxEntry } from './outbox.js';

/** Puts events into the outbox, and sees to it that none is lost in silence when that fails or hangs. */
export class EventStore {
  readonly #deadlines: Deadlines;

  constructor(
    private readonly outbox: AuditOutbox,
    private readonly timeoutMs: number,
    private readonly counters: Counters,
    private readonly hooks: AuditHooks,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
  ) {
    this.#deadlines = new Deadlines(timeoutMs);
  }

  /** Resolves when the entry is stored, or when it is clear that it is not: then with `false`. Never rejects. */
  append(entry: OutboxEntry): Promise<boolean> {
    return new Promise((resolve) => {
      const deadline = this.#deadlines.add(() => {
        this.#drop(entry, `it gave no answer within ${this.timeoutMs} ms`);
        resolve(false);
      });
      this.#append(entry).then(
        () => {
          if (!deadline.meet()) this.#storedLate(entry);
          else resolve(true);
        },
        (error: unknown) => {
          if (!deadline.meet()) return;
          this.#drop(entry, messageOf(error));
          resolve(false);
        },
      );
    });
  }

  /**
   * Makes the entry part of a transaction, whose end decides about it; so it is counted neither as dropped nor printed.
   * @throws AuditTransactionError when it cannot be: the transaction must be rolled back then
   */
  async appendWithin(entry: OutboxEntry, transaction: unknown, intent?: AuditIntent): Promise<void> {
    const appended = await guarded(
      async () => (intent ? intent.releaseWithin(entry, transaction) : this.outbox.append([entry], { transaction })),
      this.timeoutMs,
    );
    if (appended.ok) return;
    const { error } = appended;
    if (error instanceof AuditTransactionError) throw error;
    throw new AuditTransactionError(
      `The audit event '${entry.event.action}' is not part of the transaction, which must be rolled back: ${messageOf(error)}`,
      { cause: error },
    );
  }

  /** An outbox written by others may throw, and may answer with what is no promise. */
  #append(entry: OutboxEntry): Promise<void> {
    try {
      return Promise.resolve(this.outbox.append([entry]));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }

  #storedLate({ id }: OutboxEntry): void {
    this.counters.takeBack('dropped');
    this.logger.warn(`Audit event ${id} was stored after all.`);
  }

  #drop(entry: OutboxEntry, reason: string): void {
    this.counters.add('dropped', entry.event.action);
    this.hooks.dropped(entry, reason);
    this.logger.error(
      `Audit event dropped, the outbox (${this.outbox.name}) did not take it: ${reason}. The event, whole: ${JSON.stringify(entry)}`,
    );
  }
}
