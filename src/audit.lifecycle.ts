import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Counters } from './audit.counters.js';
import { AuditConfigurationError } from './audit.errors.js';
import { AuditHooks } from './audit.hooks.js';
import type { ResolvedAuditOptions } from './audit.options.resolved.js';
import type { AuditRecorder } from './audit.recorder.js';
import { AUDIT_DISPATCHER, AUDIT_EXPLORER, AUDIT_OPTIONS, AUDIT_RECORDER } from './audit.tokens.js';
import { COVERAGE_FIX, handlerFaults, uncoveredRoutes } from './catalogue/handler.check.js';
import { pushCommand, staleSchemas } from './schemas/schema.locked.js';
import type { HandlerExplorer } from './catalogue/handler.explorer.js';
import type { Dispatcher } from './delivery/dispatcher.js';
import { guarded } from './event/guarded.js';
import { messageOf } from './event/text.js';
import type { AuditOutbox } from './outbox/outbox.js';
import { AuditMetrics } from './telemetry/metrics.js';

/** An outbox that has not opened, closed, or said what it holds by then will not. */
const OUTBOX_TIMEOUT_MS = 10_000;

/** Boot: check, open, deliver. Shutdown, after the server has stopped: deliver what can be delivered, tell the rest, close. */
@Injectable()
export class AuditLifecycle implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('AuditModule');
  readonly #outbox: AuditOutbox;
  #shutdown?: Promise<void>;

  constructor(
    @Inject(AUDIT_OPTIONS) private readonly options: ResolvedAuditOptions,
    @Inject(AUDIT_DISPATCHER) private readonly dispatcher: Dispatcher,
    @Inject(AUDIT_RECORDER) private readonly recorder: AuditRecorder,
    @Inject(Counters) private readonly counters: Counters,
    @Inject(AuditHooks) private readonly hooks: AuditHooks,
    @Inject(AuditMetrics) private readonly metrics: AuditMetrics,
    @Inject(AUDIT_EXPLORER) private readonly explorer: HandlerExplorer,
  ) {
    this.#outbox = options.outbox;
  }

  async onModuleInit(): Promise<void> {
    this.#check();
    const opened = await guarded(() => this.#outbox.open(), this.#outbox.openTimeoutMs ?? OUTBOX_TIMEOUT_MS);
    if (!opened.ok) {
      throw new AuditConfigurationError('AuditModule.forRoot()', [
        `the outbox (${this.#outbox.name}) does not open: ${messageOf(opened.error)}`,
      ]);
    }
    if (!this.options.outboxChosen) {
      this.#logger.warn(
        'Events wait in memory, so a crash loses those that WorkOS does not have yet. Give `outbox` in the options of ' +
          'AuditModule; memoryOutbox() there says that you accept this.',
      );
    }
  }

  /** What would be found in production otherwise. */
  #check(): void {
    const { events, coverage, guarantee } = this.options;
    const handlers = this.explorer.handlers();
    const faults = handlerFaults(handlers, events, guarantee);
    if (faults.length > 0) throw new AuditConfigurationError('@Audited', faults);
    this.#checkLock();
    const uncovered = coverage === 'off' ? [] : uncoveredRoutes(handlers);
    if (uncovered.length === 0) return;
    const error = new AuditConfigurationError(`Routes that are not audited. ${COVERAGE_FIX}`, uncovered);
    if (coverage === 'error') throw error;
    this.#logger.warn(error.message);
  }

  /** Not an error: a deployment must not wait for WorkOS, and events whose schema has changed may still be accepted. */
  #checkLock(): void {
    const { events, schemaLock } = this.options;
    if (!events) return;
    const faults = schemaLock
      ? staleSchemas(events, schemaLock)
      : [`there is no \`schemaLock\`, so events carry no version and WorkOS takes 1. Run: ${pushCommand()}`];
    if (faults.length > 0)
      this.#logger.warn(new AuditConfigurationError('The catalogue and its schemas', faults).message);
  }

  onApplicationBootstrap(): void {
    this.dispatcher.start();
    this.metrics.start({ outbox: this.#outbox, dispatcher: this.dispatcher });
  }

  onApplicationShutdown(): Promise<void> {
    return (this.#shutdown ??= this.#drain());
  }

  async #drain(): Promise<void> {
    const { drainTimeoutMs, timeoutMs } = this.options.delivery;
    try {
      await this.recorder.settled(drainTimeoutMs);
      await this.dispatcher.flush(drainTimeoutMs);
      // What is in flight ends within the time-out of a request, unless the outbox hangs.
      const stopped = await guarded(() => this.dispatcher.stop(), timeoutMs + OUTBOX_TIMEOUT_MS);
      if (!stopped.ok) this.#logger.error(`The outbox (${this.#outbox.name}) ${messageOf(stopped.error)}.`);
      await this.#report();
    } catch (error) {
      this.#logger.error(`The outbox (${this.#outbox.name}) could not be drained: ${messageOf(error)}`);
    } finally {
      await this.hooks.settle(drainTimeoutMs);
      this.metrics.stop();
      const closed = await guarded(() => this.#outbox.close(), OUTBOX_TIMEOUT_MS);
      if (!closed.ok) this.#logger.error(`The outbox did not close: ${messageOf(closed.error)}`);
    }
  }

  /** What stays behind: in a durable outbox it waits, in memory this log is all that is left of it. */
  async #report(): Promise<void> {
    const abandoned = this.#outbox.abandon?.();
    if (!abandoned) return this.#reportWaiting();
    if (abandoned.length === 0) return;
    this.#logger.error(`${abandoned.length} audit events are lost with the memory of the process. They follow, whole.`);
    for (const entry of abandoned) {
      this.#logger.error(`Lost audit event: ${JSON.stringify(entry)}`);
      if ('buriedAt' in entry) continue; // counted and told as such
      this.counters.add('dropped', entry.event.action);
      this.hooks.dropped(entry, 'it was lost with the memory of the process');
    }
  }

  async #reportWaiting(): Promise<void> {
    const stats = await guarded(() => this.#outbox.stats(), OUTBOX_TIMEOUT_MS);
    if (!stats.ok) throw stats.error;
    const { pending, leased, held } = stats.value;
    const waiting = pending + leased + held;
    if (waiting > 0)
      this.#logger.log(`${waiting} audit events wait in the outbox (${this.#outbox.name}) for the next start.`);
  }
}
