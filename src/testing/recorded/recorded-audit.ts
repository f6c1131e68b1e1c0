import { AuditUsageError } from '../../audit.errors.js';
import type { AuditCatalogue } from '../../catalogue/define.js';
import type { AuditActionName } from '../../catalogue/typed.js';
import type { AuditEvent } from '../../event/event.js';
import { checkExpectation } from './expectation.check.js';
import type { AnyExpectation, AuditEventMatch } from './expectation.js';
import { matches } from './judge.js';
import type { RecordedEvent } from './recorded-event.js';
import type { DegradedAudit, DroppedAudit, Recording } from './recording.js';
import { missingReport } from './report.js';
import type { TrailNote } from './trail.js';

/** How long `waitFor` waits: less than the 5 s of a test, so that its message is seen. */
const DEFAULT_TIMEOUT_MS = 3_000;

// Taken before a test can put a fake clock in their place.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** Options of `RecordedAudit.waitFor`. */
export interface AuditWaitOptions {
  /** At the most so long, in milliseconds, whatever a fake clock says. @default 3_000 */
  readonly timeoutMs?: number;
}

type Predicate = (event: AuditEvent) => boolean;

/**
 * What an application has audited in a test, with {@link AuditTestingModule} in it. One for each application, so that tests
 * in parallel do not mix. Ask for it with `app.get(RecordedAudit)`.
 *
 * @example
 * const audit = app.get(RecordedAudit);
 * await request(app.getHttpServer()).delete('/posts/p1');
 * expect(audit.only('post.delete').metadata).toEqual({ title: 'Hello' });
 */
export class RecordedAudit {
  readonly #recording: Recording;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** The events so far, in the order in which they became durable: a frozen list that does not change any more. */
  get events(): readonly RecordedEvent[] {
    // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- where a catalogue is registered, it is needed
    return this.#recording.events as readonly RecordedEvent[];
  }

  /** Events that lack or changed something that the application meant, such as the target of a resolver that threw. */
  get degraded(): readonly DegradedAudit[] {
    return this.#recording.degradations;
  }

  /** Audited calls that became no event, because there was no actor or no organization. */
  get skipped(): readonly TrailNote[] {
    return this.#recording.skips;
  }

  /** Events that the outbox did not take; see `failAppends`. */
  get dropped(): readonly DroppedAudit[] {
    return this.#recording.drops;
  }

  /** @internal The catalogue of the application, so that a matcher knows its actions. */
  get catalogue(): AuditCatalogue | undefined {
    return this.#recording.catalogue;
  }

  /**
   * The one event of an action, or the one of them that matches.
   * @throws Error that lists what there is, when it is none or more than one
   */
  only<Action extends AuditActionName>(action: Action, match?: AuditEventMatch<Action>): RecordedEvent<Action> {
    const is = this.#predicate('RecordedAudit.only()', action, match);
    const found = this.#recording.events.filter(is);
    if (found.length === 1) return found[0] as RecordedEvent<Action>;
    const headline = `Expected exactly one '${action}' (there are ${found.length})${detailsOf(match)}:`;
    throw new Error(missingReport(this, headline, action, expectationOf(match)));
  }

  /**
   * Waits for an event: resolves with the first that matches, also when it is already there. For what happens after the
   * response, in jobs and streams; the event of a handler is there before its response.
   *
   * @throws Error that says what was recorded instead, what was nearest and where it differs
   * @example
   * await audit.waitFor('post.delete', { targets: { post: 'p1' } });
   */
  async waitFor<Action extends AuditActionName>(
    action: Action,
    match?: AuditEventMatch<Action>,
    { timeoutMs = DEFAULT_TIMEOUT_MS }: AuditWaitOptions = {},
  ): Promise<RecordedEvent<Action>> {
    const is = this.#predicate('RecordedAudit.waitFor()', action, match);
    const there = this.#recording.events.find(is);
    if (there) return there as RecordedEvent<Action>;
    const caller = new Error();
    // oxlint-disable-next-line typescript/unbound-method -- it is not called
    Error.captureStackTrace(caller, RecordedAudit.prototype.waitFor);
    const event = await this.#next(is, timeoutMs);
    if (event) return event as RecordedEvent<Action>;
    const headline = `Waited ${timeoutMs} ms in vain for '${action}'${detailsOf(match)}:`;
    throw withStackOf(caller, new Error(missingReport(this, headline, action, expectationOf(match))));
  }

  /**
   * Lets the outbox refuse events from now on, as a full disk would: with the guarantee `write-ahead` the answer is 503 and
   * the handler does not run; else the response stays, and the event is in `dropped`. Answers what ends it; so does `clear`.
   *
   * @example
   * const repair = audit.failAppends();
   * await request(app.getHttpServer()).delete('/posts/p1').expect(503);
   * repair();
   */
  failAppends(error?: Error): () => void {
    return this.#recording.fail(error);
  }

  /** Forgets everything that was recorded, and ends `failAppends`: for `beforeEach`, where tests share an application. */
  clear(): void {
    this.#recording.clear();
  }

  #predicate(caller: string, action: string, match: unknown): Predicate {
    checkExpectation(caller, action, expectationOf(match), this.catalogue);
    if (expectationOf(match).times !== undefined)
      throw new AuditUsageError(`${caller}: \`times\` is for toHaveAudited()`);
    if (typeof match === 'function') return (event) => event.action === action && (match as Predicate)(event);
    return (event) => matches(event, action, expectationOf(match));
  }

  /** The next event that fits, or nothing by then. What the predicate throws is thrown here, and not where it is recorded. */
  #next(is: Predicate, timeoutMs: number): Promise<AuditEvent | undefined> {
    const { listeners } = this.#recording;
    return new Promise<AuditEvent | undefined>((resolve, reject) => {
      const end = (): void => {
        listeners.delete(listen);
        stopTimer(timer);
      };
      const listen: Predicate = (event) => {
        try {
          if (!is(event)) return false;
          resolve(event);
        } catch (error) {
          reject(error);
        }
        end();
        return true;
      };
      const timer = startTimer(() => {
        end();
        resolve(undefined);
      }, timeoutMs);
      listeners.add(listen);
    });
  }
}

/** A function says nothing that could be compared. */
function expectationOf(match: unknown): AnyExpectation {
  return match === undefined || typeof match === 'function' ? {} : (match as AnyExpectation);
}

function detailsOf(match: unknown): string {
  if (typeof match === 'function') return ' for which the function is true';
  return Object.keys(expectationOf(match)).length > 0 ? ' with' : '';
}

/** The place in the test, which a timer would not know. */
function withStackOf(caller: Error, error: Error): Error {
  const frames = (caller.stack ?? '').split('\n').slice(1);
  error.stack = [`Error: ${error.message}`, ...frames].join('\n');
  return error;
}
