import { AsyncLocalStorage } from 'node:async_hooks';

/** WorkOS's answer as it came over the wire, before the SDK made an exception of it. */
export interface Answer {
  readonly status: number;
  readonly retryAfter?: string;
  readonly requestId?: string;
  /** The parsed body; `undefined` when it is empty or no JSON. */
  readonly body?: unknown;
  readonly readable: boolean;
}

interface Attempt {
  answer?: Answer;
  readonly deadline: AbortController;
}

const attempts = new AsyncLocalStorage<Attempt>();

/**
 * A `fetch` that notes the answer of the attempt in which it is called, and ends with it.
 *
 * The SDK's exceptions lose what an auditor needs to know: the fields of a 422, a `Retry-After` that is a date, the status
 * of an answer in HTML; a body that is JSON `null` makes it throw a TypeError. And in 8.13, 9.3 and 10.0 a body that
 * stalls outlives its time-out. So the answer is read here, beside the SDK.
 */
export function observingFetch(inner: typeof fetch = globalThis.fetch): typeof fetch {
  return async (input, init) => {
    const current = attempts.getStore();
    if (!current) return inner(input, init);
    if (init?.signal) follow(current.deadline, init.signal);
    const response = await inner(input, { ...init, signal: current.deadline.signal });
    const text = await response.text();
    current.answer = answerOf(response, text);
    return unread(response, text);
  };
}

/** As `AbortSignal.any`, at a fraction of its cost. */
function follow(controller: AbortController, signal: AbortSignal): void {
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
}

/** The same response, for whoever reads it next; a new one would cost more than all else here. */
function unread(response: Response, text: string): Response {
  return Object.assign(response, {
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
  });
}

/**
 * Runs `send` as one attempt of at most `timeoutMs`, and tells what was answered and what was thrown.
 *
 * @param signal ends it before that
 */
export async function attempt(
  send: () => Promise<unknown>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<{ answer?: Answer; thrown?: unknown }> {
  const deadline = new AbortController();
  const current: Attempt = { deadline };
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (error: unknown): void => {
      reject(error);
      deadline.abort();
    };
    timer = setTimeout(() => {
      end(Object.assign(new Error(`WorkOS did not answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    onAbort = () => end(signal?.reason);
    signal?.addEventListener('abort', onAbort);
  });
  try {
    signal?.throwIfAborted();
    await Promise.race([attempts.run(current, send), ended]);
    return { answer: current.answer };
  } catch (thrown) {
    return { answer: current.answer, thrown };
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener('abort', onAbort);
  }
}

function answerOf(response: Response, text: string): Answer {
  let body: unknown;
  let readable = text === '';
  try {
    if (!readable) body = JSON.parse(text) as unknown;
    readable = true;
  } catch {
    // HTML of a proxy, or half an answer
  }
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after') ?? undefined,
    requestId: response.headers.get('x-request-id') ?? undefined,
    body,
    readable,
  };
}
