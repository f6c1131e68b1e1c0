/** What has happened to events since the process started. */
export interface AuditCounters {
  /**
   * Events made, whatever became of them: delivered, waiting, buried or dropped. Those of a transaction count when they are
   * given to it: of a rollback, nobody is told.
   */
  readonly recorded: number;
  /** Of these, how many lack or changed something that the application meant; each has a log line that says what. */
  readonly degraded: number;
  /** Audited calls without an actor or an organization, so that there was nothing to send. */
  readonly skipped: number;
  /** Events that no outbox took; each is printed whole in the error log. */
  readonly dropped: number;
  readonly delivered: number;
  /** Attempts that were put off. */
  readonly retried: number;
  readonly buried: number;
}

/** Told of each count that is final, so that what it makes of them only grows. Must not throw. */
export type CountListener = (counter: keyof AuditCounters, action: string) => void;

/** The counters of one application. */
export class Counters {
  readonly #counts = { recorded: 0, degraded: 0, skipped: 0, dropped: 0, delivered: 0, retried: 0, buried: 0 };

  constructor(private readonly onCount: CountListener = () => {}) {}

  add(counter: keyof AuditCounters, action: string): void {
    this.#counts[counter] += 1;
    this.onCount(counter, action);
  }

  /** An intent is counted as recorded while its handler runs, but the listener is not told before it is an event. */
  intend(): void {
    this.#counts.recorded += 1;
  }

  /** The intent is an event. */
  confirm(action: string): void {
    this.onCount('recorded', action);
  }

  /** An intent became no event after all, or a dropped event was stored after all. */
  takeBack(counter: 'recorded' | 'dropped'): void {
    this.#counts[counter] -= 1;
  }

  snapshot(): AuditCounters {
    return { ...this.#counts };
  }
}
