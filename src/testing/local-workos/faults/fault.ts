/**
 * How LocalWorkOS is to misbehave: the argument of `workos.fail()`. Without `status`, `body`, `contentType`, `headers`
 * and `retryAfter` a request that was only delayed or slowed is answered as usual.
 *
 * @example workos.fail({ status: 503, times: 2 })                    // two events meet a 503, the third gets through
 * @example workos.fail({ reset: 'after' })                           // stored, but the client never hears of it
 * @example workos.fail({ status: 502, body: '<html>Bad gateway' })   // what a proxy in front answers
 * @example workos.fail({ hang: true, path: '/sso/token' })
 */
export interface LocalWorkOSFault {
  /** The answer's status. @default 503 if the fault answers at all */
  readonly status?: number;
  /**
   * The answer's body: a string goes out as it is, anything else as JSON.
   * @default `{ message: … }` as WorkOS words that status
   */
  readonly body?: unknown;
  /** @default JSON, or for a string `text/html` if it begins with `<`, else `text/plain` */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The `Retry-After` header: seconds, or an HTTP date as a string. */
  readonly retryAfter?: number | string;
  /** Wait before anything else, in milliseconds. The request is handled even if the client has gone by then. */
  readonly delayMs?: number;
  /** Never answer; `heal()` and the fault's undo cut the connection. Nothing is stored. */
  readonly hang?: true;
  /** Cut the connection: `before` the request is handled, or `after`, when the event is stored. */
  readonly reset?: 'before' | 'after';
  /** Send the answer's head at once and its body so many milliseconds later. */
  readonly slowBodyMs?: number;
  /** Answer as usual, but cut the connection after so many bytes of the body: an answer that breaks in the middle. */
  readonly cutAfterBytes?: number;
  /** How many requests meet the fault. @default Infinity */
  readonly times?: number;
  /** @default POST if `path` is left out too, else any */
  readonly method?: string;
  /** The exact path, or a pattern for it, without the query. @default '/audit_logs/events' */
  readonly path?: string | RegExp;
}

/** Whether a fault is for this request. */
export function matches(fault: LocalWorkOSFault, method: string, path: string): boolean {
  const wanted = fault.method?.toUpperCase() ?? (fault.path === undefined ? 'POST' : method);
  if (wanted !== method) return false;
  if (fault.path instanceof RegExp) return new RegExp(fault.path.source, fault.path.flags).test(path);
  return path === (fault.path ?? '/audit_logs/events');
}

/** Whether a fault answers in WorkOS's place. */
export function answers(fault: LocalWorkOSFault): boolean {
  const { status, body, contentType, headers, retryAfter } = fault;
  return [status, body, contentType, headers, retryAfter].some((part) => part !== undefined);
}
