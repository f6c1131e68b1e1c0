import { ServiceUnavailableException } from '@nestjs/common';
import type { Logger } from '@nestjs/common';
import type { Counters } from './audit.counters.js';
import { guarded } from './event/guarded.js';
import { messageOf } from './event/text.js';
import type { AuditOutbox, OutboxEntry } from './outbox/outbox.js';

/** An intent that is not renewed for so long belongs to a process that is gone. */
const LEASE_MS = 60_000;

/**
 * With the guarantee `write-ahead`, the answer (503) to a request whose intent could not be stored, so that its handler did
 * not run; also what `AuditService.record` then rejects with.
 */
export class AuditUnavailableException extends ServiceUnavailableException {
  override readonly name = 'AuditUnavailableException';

  constructor(action: string, options?: ErrorOptions) {
    super(`This action is audited ('${action}'), and the audit log cannot be written at the moment.`, options);
  }
}

/** What the handler is about to do, durable before it does it. */
export interface AuditIntent {
  /** It did it: the intent becomes the event, under the same id. */
  release(entry: OutboxEntry): Promise<void>;
  /** The same, if a transaction commits. Whether it did or not, `discard` ends it afterwards. Rejects when it cannot. */
  releaseWithin(entry: OutboxEntry, transaction: unknown): Promise<void>;
  /** It did not. */
  discard(): Promise<void>;
  /** Nobody can say: it is delivered with the outcome `unknown`. */
  lapse(): void;
}

/** Holds intents in the outbox, and renews them as long as their handlers run. */
export class AuditIntents {
  constructor(
    private readonly outbox: AuditOutbox,
    private readonly timeoutMs: number,
    private readonly counters: Counters,
    private readonly logger: Pick<Logger, 'error'>,
    private readonly leaseMs = LEASE_MS,
  ) {}

  /** @throws AuditUnavailableException when the outbox does not take it */
  async hold(entry: OutboxEntry): Promise<AuditIntent> {
    const held = await guarded(() => this.outbox.hold(entry, this.leaseMs), this.timeoutMs);
    if (!held.ok) {
      this.logger.error(
        `'${entry.event.action}' was refused with 503, since its intent could not be stored in the outbox ` +
          `(${this.outbox.name}): ${messageOf(held.error)}`,
      );
      // Stored late after all, it would tell of what was not done.
      await guarded(() => this.outbox.discard(entry.id), this.timeoutMs);
      throw new AuditUnavailableException(entry.event.action, { cause: held.error });
    }
    this.counters.intend();
    let renewed = Promise.resolve();
    const renewal = setInterval(() => void (renewed = this.#renew(entry)), this.leaseMs / 3);
    renewal.unref();
    const settle = async (what: string, call: () => Promise<void>): Promise<boolean> => {
      clearInterval(renewal);
      await renewed; // a renewal under way must not come after it
      return this.#settle(entry, what, call);
    };
    let confirmed = false;
    let released = false;
    const confirm = (): void => {
      if (!confirmed) this.counters.confirm(entry.event.action);
      confirmed = true;
    };
    return {
      release: async (final) => {
        await settle('released', () => this.outbox.release(entry.id, { ...final, id: entry.id }));
        confirm();
      },
      releaseWithin: async (final, transaction) => {
        clearInterval(renewal);
        await renewed;
        await this.outbox.release(entry.id, { ...final, id: entry.id }, { transaction });
        released = true;
      },
      discard: async () => {
        const discarded = await settle('discarded', () => this.outbox.discard(entry.id));
        // One that is still there is going to be delivered.
        if (!discarded) confirm();
        else if (released) confirm();
        else if (!confirmed) this.counters.takeBack('recorded');
      },
      lapse: () => {
        clearInterval(renewal);
        confirm();
      },
    };
  }

  async #renew(entry: OutboxEntry): Promise<void> {
    const renewed = await guarded(() => this.outbox.hold(entry, this.leaseMs), this.timeoutMs);
    if (!renewed.ok) this.logger.error(`The intent ${entry.id} could not be renewed: ${messageOf(renewed.error)}`);
  }

  async #settle(entry: OutboxEntry, what: string, settle: () => Promise<void>): Promise<boolean> {
    const settled = await guarded(settle, this.timeoutMs);
    if (settled.ok) return true;
    this.counters.add('degraded', entry.event.action);
    this.logger.error(
      `The intent ${entry.id} ('${entry.event.action}') could not be ${what}: ${messageOf(settled.error)}. It is durable, and ` +
        `is delivered with the outcome \`unknown\` after ${this.leaseMs} ms.`,
    );
    return false;
  }
}
