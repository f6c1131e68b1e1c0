import type { LocalWorkOSOutboxFigures } from './outbox.figures.js';

/** The outbox at one moment, as it is shown. */
export interface OutboxSample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Events on their way: waiting or being sent. */
  readonly waiting: number;
  /** Events that WorkOS took, a second. */
  readonly delivered: number;
  /** Attempts that were put off, since the application started. */
  readonly retried: number;
  readonly buried: number;
  /** Seconds since the oldest event on its way was recorded; 0 if there is none. */
  readonly oldest: number;
}

/** What a chart is made of: the times in seconds, and the values in the order of {@link SERIES}. Null where none are known. */
export type OutboxHistory = readonly (readonly (number | null)[])[];

/** The series of a history, after the times. */
export const SERIES = ['waiting', 'delivered', 'retried', 'buried', 'oldest'] as const;

/** So many samples are kept: five minutes, at one a second. */
const KEPT = 300;

/** The last minutes of an outbox. */
export class OutboxSamples {
  readonly #samples: (OutboxSample | { readonly at: number })[] = [];
  #last: { readonly at: number; readonly delivered: number } | undefined;

  add(figures: LocalWorkOSOutboxFigures, at: number): OutboxSample {
    const { pending, leased = 0, buried, oldestAgeMs = 0, delivered, retried } = figures;
    const perSecond = this.#perSecond(delivered, at);
    this.#last = { at, delivered };
    const sample = { at, waiting: pending + leased, delivered: perSecond, retried, buried, oldest: oldestAgeMs / 1000 };
    this.#keep(sample);
    return sample;
  }

  /** There are no figures at this moment: a gap in the charts. */
  miss(at: number): void {
    this.#keep({ at });
  }

  history(): OutboxHistory {
    const value = (name: (typeof SERIES)[number]) =>
      this.#samples.map((sample) => ('waiting' in sample ? sample[name] : null));
    return [this.#samples.map(({ at }) => at / 1000), ...SERIES.map(value)];
  }

  /** A counter that has gone down is that of an application that was started again. */
  #perSecond(delivered: number, at: number): number {
    if (this.#last === undefined || at <= this.#last.at) return 0;
    const more = delivered < this.#last.delivered ? delivered : delivered - this.#last.delivered;
    return (more * 1000) / (at - this.#last.at);
  }

  #keep(sample: OutboxSample | { readonly at: number }): void {
    this.#samples.push(sample);
    if (this.#samples.length > KEPT) this.#samples.shift();
  }
}
