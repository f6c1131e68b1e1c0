import type { Logger } from '@nestjs/common';
import type { Counters } from '../audit.counters.js';
import type { AuditHooks } from '../audit.hooks.js';
import { messageOf } from '../event/text.js';
import type { AuditOutbox, OutboxEntry } from './outbox.js';

/** Puts events into the outbox, and sees to it that none is lost in silence when that fails or hangs. */
export class EventStore {
  constructor(
    private readonly outbox: AuditOutbox,
    private readonly timeoutMs: number,
    private readonly counters: Counters,
    private readonly hooks: AuditHooks,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
  ) {}

  /** Resolves when the entry is stored, or when it is clear that it is not: then with `false`. Never rejects. */
  async append(entry: OutboxEntry): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    let late = false;
    const stored = this.#append(entry).then(
      () => {
        if (late) {
          this.counters.takeBack('dropped');
          this.logger.warn(`Audit event ${entry.id} was stored after all.`);
        }
        return true;
      },
      (error: unknown) => {
        if (!late) this.#drop(entry, messageOf(error));
        return false;
      },
    );
    const timeout = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        late = true;
        this.#drop(entry, `it gave no answer within ${this.timeoutMs} ms`);
        resolve(false);
      }, this.timeoutMs);
    });
    const durable = await Promise.race([stored, timeout]);
    clearTimeout(timer);
    return durable;
  }

  async #append(entry: OutboxEntry): Promise<void> {
    await this.outbox.append([entry]);
  }

  #drop(entry: OutboxEntry, reason: string): void {
    this.counters.add('dropped', entry.event.action);
    this.hooks.dropped(entry, reason);
    this.logger.error(
      `Audit event dropped, the outbox (${this.outbox.name}) did not take it: ${reason}. The event, whole: ${JSON.stringify(entry)}`,
    );
  }
}
