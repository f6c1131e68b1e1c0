import type { BatchObservableResult, Counter, Meter } from '@opentelemetry/api';
import type { AuditCounters } from '../audit.counters.js';
import type { AuditOutbox } from '../outbox/outbox.js';
import { messageOf } from '../event/text.js';
import { Inquiry } from './inquiry.js';
import type { OpenTelemetry } from './open-telemetry.js';

/** How long a collection of metrics waits for the outbox. */
const STATS_TIMEOUT_MS = 2_000;

/** The name of the instrumentation scope. */
const METER = 'nestjs-workos-audit';

/** OpenTelemetry's word for a value outside of those that are known. */
const OTHER = '_OTHER';

const EVENTS: Record<keyof AuditCounters, string> = {
  recorded: 'Events made, whatever became of them',
  degraded: 'Events that lack or changed something that the application meant',
  skipped: 'Audited calls without an actor or an organization',
  dropped: 'Events that no outbox took; each is in the error log',
  delivered: 'Events that WorkOS took',
  retried: 'Attempts that were put off',
  buried: 'Events that WorkOS will not take',
};

type EventCounters = Record<keyof AuditCounters, Counter>;

/** What is read whenever metrics are collected. */
export interface Gauged {
  readonly outbox: AuditOutbox;
  readonly dispatcher: { readonly paused: boolean; readonly rate: number };
}

/**
 * The application's metrics, `workos_audit.*`. Nothing here throws: a fault of the SDK costs metrics and nothing else. The
 * instruments are made as late as possible, because the API forgets those that are made before there is an SDK.
 */
export class AuditMetrics {
  #counters?: EventCounters;
  #stop = (): void => {};

  /**
   * @param actions those of the catalogue, by which counts are told apart; without it they are not, since actions may then
   * be without number
   */
  constructor(
    private readonly otel: OpenTelemetry | undefined,
    private readonly actions: ReadonlyMap<string, unknown> | undefined,
    private readonly warn: (message: string) => void,
  ) {}

  count(counter: keyof AuditCounters, action: string): void {
    this.#safely(({ metrics }) => this.#events(metrics)[counter].add(1, this.#attributes(action)));
  }

  start({ outbox, dispatcher }: Gauged): void {
    this.#safely(({ metrics }) => {
      const meter = metrics.getMeter(METER);
      this.#startAtZero(metrics);
      const stopOutbox = this.#observeOutbox(meter, outbox);
      const stopDelivery = observeDelivery(meter, dispatcher);
      this.#stop = () => {
        stopOutbox();
        stopDelivery();
      };
    });
  }

  /** From here on nothing is asked any more; counts still count. */
  stop(): void {
    this.#safely(() => this.#stop());
    this.#stop = () => {};
  }

  /** What an alert watches must exist before it happens: the first loss would be no increase otherwise. */
  #startAtZero(metrics: OpenTelemetry['metrics']): void {
    const { dropped, buried } = this.#events(metrics);
    for (const action of this.actions?.keys() ?? ['']) {
      for (const counter of [dropped, buried]) counter.add(0, this.#attributes(action));
    }
  }

  #observeOutbox(meter: Meter, outbox: AuditOutbox): () => void {
    const gauge = (name: string, description: string, unit = '{event}') =>
      meter.createObservableGauge(`workos_audit.outbox.${name}`, { description, unit });
    const pending = gauge('pending', 'Events that wait, due now or later');
    const leased = gauge('leased', 'Events that are being sent');
    const held = gauge('held', 'Intents of handlers that still run');
    const buried = gauge('buried', 'Events that WorkOS will not take, kept for a person to look at');
    const oldestAge = gauge('oldest_age', 'Age of the oldest event that waits; 0 when there is none', 's');
    const inquiry = new Inquiry(async () => outbox.stats());
    const observe = async (result: BatchObservableResult): Promise<void> => {
      const stats = await inquiry.ask(STATS_TIMEOUT_MS);
      if (!stats.ok) {
        this.warn(`The outbox (${outbox.name}) gives no metrics: ${messageOf(stats.error)}`);
        return;
      }
      const { oldestAgeMs = 0 } = stats.value;
      result.observe(pending, stats.value.pending);
      result.observe(leased, stats.value.leased);
      result.observe(held, stats.value.held);
      result.observe(buried, stats.value.buried);
      result.observe(oldestAge, oldestAgeMs / 1_000);
    };
    const observed = [pending, leased, held, buried, oldestAge];
    meter.addBatchObservableCallback(observe, observed);
    return () => meter.removeBatchObservableCallback(observe, observed);
  }

  #events(metrics: OpenTelemetry['metrics']): EventCounters {
    if (this.#counters) return this.#counters;
    const meter = metrics.getMeter(METER);
    const counters = Object.entries(EVENTS).map(([name, description]) => [
      name,
      meter.createCounter(`workos_audit.events.${name}`, { description, unit: '{event}' }),
    ]);
    return (this.#counters = Object.fromEntries(counters) as EventCounters);
  }

  #attributes(action: string): { action?: string } {
    if (!this.actions) return {};
    return { action: this.actions.has(action) ? action : OTHER };
  }

  #safely(use: (otel: OpenTelemetry) => void): void {
    try {
      if (this.otel) use(this.otel);
    } catch (error) {
      this.warn(`Metrics are incomplete: ${messageOf(error)}`);
    }
  }
}

function observeDelivery(meter: Meter, dispatcher: Gauged['dispatcher']): () => void {
  const rate = meter.createObservableGauge('workos_audit.delivery.rate', {
    description: 'Events a second that are sent at the most: it falls when WorkOS says 429, and recovers',
    unit: '{event}/s',
  });
  const paused = meter.createObservableGauge('workos_audit.delivery.paused', {
    description: '1 while WorkOS refuses the API key, else 0',
  });
  const observe = (result: BatchObservableResult): void => {
    result.observe(rate, dispatcher.rate);
    result.observe(paused, dispatcher.paused ? 1 : 0);
  };
  meter.addBatchObservableCallback(observe, [rate, paused]);
  return () => meter.removeBatchObservableCallback(observe, [rate, paused]);
}
