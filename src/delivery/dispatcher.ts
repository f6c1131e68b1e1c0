import type { Logger } from '@nestjs/common';
import { guarded } from '../event/guarded.js';
import { messageOf } from '../event/text.js';
import type { AuditOutbox, ClaimedEntry, DeliveryError, OutboxEntry } from '../outbox/outbox.js';
import { backoffMs, type BackoffOptions } from './backoff.js';
import type { Counters } from '../audit.counters.js';
import type { AuditHooks } from '../audit.hooks.js';
import { outside } from '../telemetry/outside.js';
import type { Outcome } from './outcome.js';
import { Pacer } from './pacer.js';
import { Signal } from './signal.js';

/** What the dispatcher needs to know; see `AuditDeliveryOptions` for the meaning of each. */
export interface DispatcherOptions {
  readonly concurrency: number;
  readonly ratePerSecond: number;
  readonly leaseMs: number;
  readonly maxAgeMs: number;
  readonly pollMs: number;
  readonly unauthorizedRetryMs: number;
  readonly backoff: BackoffOptions;
}

/** How long a 429 without `Retry-After` holds all sends. */
const DEFAULT_HOLD_MS = 1_000;

/**
 * Takes events out of the outbox and to WorkOS.
 *
 * ```
 *             start                 401, 403
 *   stopped ─────────▶ running ◀──────────────▶ paused      one event every unauthorizedRetryMs; a 2xx resumes
 *      ▲                  │ drain                  │
 *      └──── stopped ◀────┴────────────────────────┘        what is in flight is finished first
 * ```
 *
 * One loop claims as many entries as there are free slots and the pace allows; each entry is then sent and settled on its
 * own. An entry whose settling fails stays leased and comes back after the lease, under the same idempotency key.
 */
export class Dispatcher {
  readonly #pacer: Pacer;
  readonly #signal = new Signal();
  #loop?: Promise<void>;
  #stopping = false;
  /** Ids of what is being sent. */
  readonly #inFlight = new Set<string>();
  #pausedUntil?: number;
  #idle = false;
  #unsubscribe?: () => void;

  constructor(
    private readonly outbox: AuditOutbox,
    private readonly sender: { send(entry: OutboxEntry): Promise<Outcome> },
    private readonly counters: Counters,
    private readonly hooks: AuditHooks,
    private readonly logger: Pick<Logger, 'log' | 'warn' | 'error'>,
    private readonly options: DispatcherOptions,
  ) {
    this.#pacer = new Pacer(options.ratePerSecond);
  }

  /** WorkOS refuses the key, so nothing is sent but a try now and then. */
  get paused(): boolean {
    return this.#pausedUntil !== undefined;
  }

  /** Sends a second at the most, at present. */
  get rate(): number {
    return this.#pacer.rate;
  }

  start(): void {
    if (this.#loop) return;
    this.#stopping = false;
    this.#unsubscribe = this.outbox.onAppend?.(() => this.#signal.raise());
    this.#loop = outside(() => this.#run());
  }

  /**
   * Sends what can be sent within `timeoutMs`, and answers whether nothing is left that could have been. A durable outbox
   * need not wait for events that are due later; one in memory does.
   */
  async flush(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    const release = this.#signal.keepAlive();
    try {
      this.#signal.raise();
      for (;;) {
        if (await this.#drained(Math.max(deadline - performance.now(), 1))) return true;
        const left = deadline - performance.now();
        if (left <= 0 || (this.paused && this.#inFlight.size === 0)) return false;
        await sleep(Math.min(left, 20));
      }
    } finally {
      release();
    }
  }

  /** Stops claiming and waits for what is in flight, which the sender's time-out bounds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unsubscribe?.();
    const release = this.#signal.keepAlive();
    this.#signal.raise();
    await this.#loop;
    while (this.#inFlight.size > 0) await this.#signal.wait(100);
    this.#loop = undefined;
    release();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const slots = (this.paused ? 1 : this.options.concurrency) - this.#inFlight.size;
      const wait = Math.max(this.#pacer.waitMs(), (this.#pausedUntil ?? 0) - performance.now());
      if (slots <= 0 || wait > 0) {
        await this.#signal.wait(slots <= 0 ? this.options.pollMs : wait);
        continue;
      }
      this.#idle = false;
      const entries = await this.#claim(Math.min(slots, this.#pacer.allowance()));
      this.#idle = entries.length === 0;
      if (this.#idle) await this.#signal.wait(this.options.pollMs);
      for (const entry of entries) {
        // When the clock is set ahead, the lease of what is being sent runs out early.
        if (this.#inFlight.has(entry.id)) continue;
        this.#pacer.take();
        this.#inFlight.add(entry.id);
        void this.#deliver(entry);
      }
    }
  }

  async #claim(limit: number): Promise<ClaimedEntry[]> {
    try {
      return await this.outbox.claim(limit, this.options.leaseMs);
    } catch (error) {
      this.logger.error(`The outbox (${this.outbox.name}) gives no events: ${messageOf(error)}. Trying again.`);
      await this.#signal.pause(1_000);
      return [];
    }
  }

  async #deliver(entry: ClaimedEntry): Promise<void> {
    try {
      await this.#settle(entry, await this.sender.send(entry));
    } catch (error) {
      this.logger.error(
        `The outbox (${this.outbox.name}) could not note what became of event ${entry.id} (${entry.event.action}): ` +
          `${messageOf(error)}. It is sent again after ${this.options.leaseMs} ms; WorkOS knows it by its idempotency key.`,
      );
    } finally {
      this.#inFlight.delete(entry.id);
      this.#signal.raise();
    }
  }

  async #settle(entry: ClaimedEntry, outcome: Outcome): Promise<void> {
    switch (outcome.kind) {
      case 'delivered':
        await this.outbox.complete([entry.id]);
        this.counters.add('delivered', entry.event.action);
        return this.#resume();
      case 'refused':
        return this.#bury(entry, outcome.error, 'WorkOS refuses it');
      case 'unauthorized':
        this.#pause(outcome.error);
        return this.#retry(entry, this.options.unauthorizedRetryMs, outcome.error);
      case 'throttled':
        this.#pacer.slowDown(outcome.retryAfterMs ?? DEFAULT_HOLD_MS);
        return this.#retryLater(entry, outcome.error, outcome.retryAfterMs);
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
    await this.outbox.retry(entry.id, new Date(Date.now() + delayMs), error);
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

  #pause(error: DeliveryError): void {
    if (!this.paused) {
      this.logger.error(
        `WorkOS refuses the API key: ${describe(error)}. Nothing is lost: events wait in the outbox (${this.outbox.name}), ` +
          `one is tried every ${this.options.unauthorizedRetryMs} ms. Check \`workos.apiKey\` of AuditModule.`,
      );
    }
    this.#pausedUntil = performance.now() + this.options.unauthorizedRetryMs;
  }

  #resume(): void {
    if (!this.paused) return;
    this.#pausedUntil = undefined;
    this.logger.log('WorkOS accepts the API key again; sending goes on.');
  }

  /** An outbox that cannot say what it holds is not taken to be empty. */
  async #drained(timeoutMs: number): Promise<boolean> {
    if (this.#inFlight.size > 0) return false;
    if (!this.outbox.abandon && this.#idle && !this.#signal.raised) return true;
    const stats = await guarded(() => this.outbox.stats(), timeoutMs);
    return stats.ok && stats.value.pending === 0 && this.#inFlight.size === 0;
  }
}

function describe({ message, status, code, requestId }: DeliveryError): string {
  const facts = [status && `HTTP ${status}`, code, requestId && `request ${requestId}`].filter(Boolean);
  return facts.length > 0 ? `${message} (${facts.join(', ')})` : message;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
