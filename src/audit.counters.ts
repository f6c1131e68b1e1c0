/** What has happened to events since the process started. */
export interface AuditCounters {
  /** Events made, whatever became of them: delivered, waiting, buried or dropped. */
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

/** The counters of one application. */
export class Counters {
  readonly #counts = { recorded: 0, degraded: 0, skipped: 0, dropped: 0, delivered: 0, retried: 0, buried: 0 };

  add(counter: keyof AuditCounters, by = 1): void {
    this.#counts[counter] += by;
  }

  snapshot(): AuditCounters {
    return { ...this.#counts };
  }
}
