import type { Logger } from '@nestjs/common';
import { guarded } from '../event/guarded.js';
import { messageOf } from '../event/text.js';
import type { AuditOutbox, ClaimedEntry, DeliveryError, OutboxEntry } from '../outbox/outbox.js';
import type { Counters } from '../audit.counters.js';
import type { AuditHooks } from '../audit.hooks.js';
import { outside } from '../telemetry/outside.js';
import type { Outcome } from './outcome.js';
import { Pacer } from './pacer.js';
import { describe, Settler, type SettlerOptions } from './settler.js';
import { Signal } from './signal.js';
import { Supply } from './supply.js';

/** What the dispatcher needs to know; see `AuditDeliveryOptions` for the meaning of each. */
export interface DispatcherOptions extends SettlerOptions {
  readonly ratePerSecond: number;
  readonly pollMs: number;
}

/** So much of the rate is claimed ahead, and no more than twice what can be under way. */
const AHEAD_SECONDS = 0.25;

/**
 * Takes events out of the outbox and to WorkOS.
 *
 * ```
 *             start                 401, 403
 *   stopped ─────────▶ running ◀──────────────▶ paused      one event every unauthorizedRetryMs; a 2xx resumes
 *      ▲                  │ stop                   │
 *      └──── stopped ◀────┴────────────────────────┘        what is in flight is finished first
 *
 *   outbox ── claim ──▶ Supply ── slot and pace ──▶ sender ── outcome ──▶ Settler ── complete, retry, bury ──▶ outbox
 * ```
 *
 * A slot is free again when the outcome is noted, so that a crash costs no more needless sends than there are slots.
 */
export class Dispatcher {
  readonly #pacer: Pacer;
  readonly #supply: Supply;
  readonly #settler: Settler;
  readonly #signal = new Signal();
  #loop?: Promise<void>;
  #stopping = false;
  /** Ids of what is being sent. */
  readonly #inFlight = new Set<string>();
  #pausedUntil?: number;
  #unsubscribe?: () => void;

  constructor(
    private readonly outbox: AuditOutbox,
    private readonly sender: { send(entry: OutboxEntry): Promise<Outcome> },
    counters: Counters,
    hooks: AuditHooks,
    private readonly logger: Pick<Logger, 'log' | 'warn' | 'error'>,
    private readonly options: DispatcherOptions,
  ) {
    this.#pacer = new Pacer(options.ratePerSecond);
    this.#settler = new Settler(outbox, counters, hooks, logger, options);
    const demand = {
      room: () => this.#room(),
      waitMs: () => this.#tooEarlyMs() || Infinity,
      has: (id: string) => this.#inFlight.has(id),
      supplied: () => this.#signal.raise(),
    };
    this.#supply = new Supply(outbox, demand, logger, options);
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
    this.#unsubscribe = this.outbox.onAppend?.(() => this.#supply.announce());
    outside(() => {
      this.#supply.start();
      this.#loop = this.#run();
    });
  }

  /**
   * Sends what can be sent within `timeoutMs`, and answers whether nothing is left that could have been. A durable outbox
   * need not wait for events that are due later; one in memory does.
   */
  async flush(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    const release = this.#keepAlive();
    try {
      this.#supply.announce();
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

  /** Gives back what was claimed and waits for what is in flight, which the sender's time-out bounds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unsubscribe?.();
    const release = this.#keepAlive();
    this.#signal.raise();
    await this.#loop;
    await this.#supply.stop();
    while (this.#inFlight.size > 0) await this.#signal.wait(100);
    this.#loop = undefined;
    release();
  }

  /** Sends what is ready, as far as there are slots and the pace allows. */
  async #run(): Promise<void> {
    while (!this.#stopping) {
      const wait = this.#slots() > 0 ? this.#waitMs() : Infinity;
      const entry = wait > 0 ? undefined : this.#supply.take();
      if (entry) {
        this.#pacer.take();
        this.#inFlight.add(entry.id);
        void this.#deliver(entry);
      } else {
        // Without a slot or an entry it is raised when there is one.
        await this.#signal.wait(wait > 0 ? Math.min(wait, this.options.pollMs) : this.options.pollMs);
      }
      this.#supply.demanded();
    }
  }

  async #deliver(entry: ClaimedEntry): Promise<void> {
    const sentAt = performance.now();
    try {
      const outcome = await this.#send(entry);
      this.#heed(outcome, sentAt);
      await this.#settler.settle(entry, outcome);
    } finally {
      this.#inFlight.delete(entry.id);
      this.#signal.raise();
    }
  }

  async #send(entry: ClaimedEntry): Promise<Outcome> {
    try {
      return await this.sender.send(entry);
    } catch (error) {
      return { kind: 'retry', error: { message: messageOf(error) } };
    }
  }

  /** What an outcome means for the others. */
  #heed(outcome: Outcome, sentAt: number): void {
    if (outcome.kind === 'throttled') this.#pacer.refused(sentAt, outcome.retryAfterMs);
    else this.#pacer.answered(sentAt);
    if (outcome.kind === 'unauthorized') this.#pause(outcome.error);
    if (outcome.kind === 'delivered') this.#resume();
  }

  #slots(): number {
    return (this.paused ? 1 : this.options.concurrency) - this.#inFlight.size;
  }

  #waitMs(): number {
    return Math.max(this.#pacer.waitMs(), (this.#pausedUntil ?? 0) - performance.now());
  }

  /** What is claimed now would have to wait for so much longer than is claimed ahead. */
  #tooEarlyMs(): number {
    return Math.max(0, this.#waitMs() - AHEAD_SECONDS * 1_000);
  }

  /** How many entries to claim: none before half of those that were claimed ahead are gone. */
  #room(): number {
    if (this.#tooEarlyMs() > 0) return 0;
    if (this.paused) return this.#slots() - this.#supply.size;
    const ahead = Math.min(Math.ceil(this.rate * AHEAD_SECONDS), 2 * this.options.concurrency);
    const room = ahead - this.#supply.size;
    return room >= ahead / 2 ? room : 0;
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

  #keepAlive(): () => void {
    const releases = [this.#signal.keepAlive(), this.#supply.keepAlive()];
    return () => releases.forEach((release) => release());
  }

  /** An outbox that cannot say what it holds is not taken to be empty. */
  async #drained(timeoutMs: number): Promise<boolean> {
    if (this.#inFlight.size > 0) return false;
    if (!this.outbox.abandon && this.#supply.idle) return true;
    const stats = await guarded(() => this.outbox.stats(), timeoutMs);
    return stats.ok && stats.value.pending === 0 && this.#supply.size === 0 && this.#inFlight.size === 0;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
