import type { Logger } from '@nestjs/common';
import type { Counters } from '../audit.counters.js';
import type { AuditHooks } from '../audit.hooks.js';
import { messageOf } from '../event/text.js';
import { type AuditOutbox, type ClaimedEntry, type DeliveryError, MAX_DELAY_MS } from '../outbox/outbox.js';
import { backoffMs, type BackoffOptions } from './backoff.js';
import { Completions } from './completions.js';
import type { Outcome } from './outcome.js';

/** See `AuditDeliveryOptions` for the meaning of each. */
export interface SettlerOptions {
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly maxAgeMs: number;
  readonly unauthorizedRetryMs: number;
  readonly backoff: BackoffOptions;
}

/** Notes in the outbox, the counters and the log what became of an attempt. */
export class Settler {
  readonly #completions: Completions;

  constructor(
    private readonly outbox: AuditOutbox,
    private readonly counters: Counters,
    private readonly hooks: AuditHooks,
    private readonly logger: Pick<Logger, 'error'>,
    private readonly options: SettlerOptions,
  ) {
    this.#completions = new Completions(outbox, options.concurrency / 4);
  }

  /**
   * Never rejects. An entry of which nothing could be noted stays leased and comes back after the lease, under the same
   * idempotency key.
   */
  async settle(entry: ClaimedEntry, outcome: Outcome): Promise<void> {
    try {
      await this.#note(entry, outcome);
    } catch (error) {
      this.logger.error(
        `The outbox (${this.outbox.name}) could not note what became of event ${entry.id} (${entry.event.action}): ` +
          `${messageOf(error)}. It is sent again after ${this.options.leaseMs} ms; WorkOS knows it by its idempotency key.`,
      );
    }
  }

  async #note(entry: ClaimedEntry, outcome: Outcome): Promise<void> {
    switch (outcome.kind) {
      case 'delivered':
        await this.#completions.complete(entry.id);
        return this.counters.add('delivered', entry.event.action);
      case 'refused':
        return this.#bury(entry, outcome.error, 'WorkOS refuses it');
      case 'unauthorized':
        return this.#retry(entry, this.options.unauthorizedRetryMs, outcome.error);
      case 'throttled':
      case 'retry':
        return this.#retryLater(entry, outcome.error, outcome.retryAfterMs);
    }
  }

  #retryLater(entry: ClaimedEntry, error: DeliveryError, retryAfterMs = 0): Promise<void> {
    const age = Date.now() - entry.recordedAt;
    if (age > this.options.maxAgeMs)
      return this.#bury(entry, error, `it could not be delivered for ${Math.round(age / 1_000)} s`);
    return this.#retry(entry, Math.max(retryAfterMs, backoffMs(entry.attempts, this.options.backoff)), error);
  }

  async #retry(entry: ClaimedEntry, delayMs: number, error: DeliveryError): Promise<void> {
    await this.outbox.retry(entry.id, new Date(Date.now() + Math.min(delayMs, MAX_DELAY_MS)), error);
    this.counters.add('retried', entry.event.action);
  }

  async #bury(entry: ClaimedEntry, error: DeliveryError, reason: string): Promise<void> {
    const { id, event, attempts } = entry;
    await this.outbox.bury(id, error);
    this.counters.add('buried', event.action);
    this.hooks.buried({ ...entry, attempts: attempts + 1, buriedAt: Date.now(), error });
    this.logger.error(
      `Audit event ${id} is buried, ${reason}: action '${event.action}', version ${event.version ?? '1 (none was sent)'}, ` +
        `organization ${event.organizationId}: ${describe(error)}`,
    );
  }
}

/** WorkOS's words and the facts that its support asks for. */
export function describe({ message, status, code, requestId }: DeliveryError): string {
  const facts = [status && `HTTP ${status}`, code, requestId && `request ${requestId}`].filter(Boolean);
  return facts.length > 0 ? `${message} (${facts.join(', ')})` : message;
}
