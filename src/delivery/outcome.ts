import { cutText, messageOf } from '../event/text.js';
import type { DeliveryError } from '../outbox/outbox.js';
import type { Answer } from '../workos/answer.js';

/** What became of an attempt, and what it means for the event and for the others that wait. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** Try this one again later. */
  | { readonly kind: 'retry'; readonly error: DeliveryError; readonly retryAfterMs?: number }
  /** Too many requests: try it again, and slow all others down. */
  | { readonly kind: 'throttled'; readonly error: DeliveryError; readonly retryAfterMs?: number }
  /** The key is wrong, not the event: everything waits. */
  | { readonly kind: 'unauthorized'; readonly error: DeliveryError }
  /** WorkOS will never take it. */
  | { readonly kind: 'refused'; readonly error: DeliveryError };

/** Statuses below 500 that say "later". */
const RETRY_STATUSES: readonly number[] = [408, 425];

/** No `Retry-After` asks for more patience than this; the WorkOS SDK caps it too. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/**
 * Classifies an attempt by the answer on the wire; where there is none (a client of the application's own making), by the
 * shape of what it threw, never by `instanceof`: the SDK's ESM and CommonJS copies have different classes.
 */
export function outcomeOf({ answer, thrown }: { answer?: Answer; thrown?: unknown }, now = Date.now()): Outcome {
  const seen = answer ?? answerOfError(thrown);
  if (seen === undefined) {
    return thrown === undefined ? { kind: 'delivered' } : { kind: 'retry', error: errorOf(thrown, undefined) };
  }
  const { status } = seen;
  const error = errorOf(thrown, seen);
  const retryAfterMs = retryAfterOf(seen.retryAfter, now);
  if (status >= 200 && status < 300 && seen.readable) return { kind: 'delivered' };
  if (status === 401 || status === 403) return { kind: 'unauthorized', error };
  if (status === 429) return { kind: 'throttled', error, retryAfterMs };
  // A 2xx or 3xx that is no JSON comes from a proxy between us and WorkOS.
  if (status < 400 || status >= 500 || RETRY_STATUSES.includes(status)) return { kind: 'retry', error, retryAfterMs };
  return { kind: 'refused', error };
}

function errorOf(thrown: unknown, answer: Answer | undefined): DeliveryError {
  const code = codeIn(answer?.body) ?? codeOf(thrown);
  return {
    message: cutText(answer ? messageIn(answer, thrown) : messageOfChain(thrown), 1_000),
    ...(answer && { status: answer.status }),
    ...(code !== undefined && { code }),
    ...(answer?.requestId && { requestId: answer.requestId }),
  };
}

/** WorkOS's own words and, where it gives them, the places in the event that it refuses. */
function messageIn(answer: Answer, thrown: unknown): string {
  if (!answer.readable) return `HTTP ${answer.status} with a body that is no JSON`;
  if (typeof answer.body === 'string') return answer.body;
  if (typeof answer.body !== 'object' || answer.body === null) return messageOfChain(thrown) || `HTTP ${answer.status}`;
  const { message, error, error_description: description, errors } = answer.body as Record<string, unknown>;
  const words = [message, error, description].flat().filter((word) => typeof word === 'string' && word !== '');
  if (Array.isArray(errors) && errors.length > 0) words.push(JSON.stringify(errors));
  return words.length > 0 ? words.join(' ') : `HTTP ${answer.status}`;
}

function codeIn(body: unknown): string | undefined {
  const code = typeof body === 'object' && body !== null ? (body as { code?: unknown }).code : undefined;
  return typeof code === 'string' && code !== '' ? code : undefined;
}

/** `ECONNREFUSED` and the like sit at the end of the chain of causes. */
function codeOf(thrown: unknown): string | undefined {
  return causesOf(thrown)
    .map(({ code }) => code)
    .findLast((code): code is string => typeof code === 'string' && code !== '');
}

function messageOfChain(thrown: unknown): string {
  const chain = causesOf(thrown);
  if (chain.length === 0) return messageOf(thrown);
  return [...new Set(chain.map((link) => messageOf(link)).filter(Boolean))].join(': ');
}

function answerOfError(thrown: unknown): Answer | undefined {
  for (const link of causesOf(thrown)) {
    const status = link.status ?? link.rawStatus;
    if (typeof status !== 'number' || status < 100) continue;
    const { rawData, errors, code, retryAfter, requestID } = link;
    return {
      status,
      readable: true,
      body: { message: messageOf(link), code, errors, ...(typeof rawData === 'object' ? rawData : {}) },
      retryAfter: typeof retryAfter === 'number' ? String(retryAfter) : undefined,
      requestId: typeof requestID === 'string' ? requestID : undefined,
    };
  }
  return undefined;
}

function causesOf(thrown: unknown): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = [];
  let current = thrown;
  while (typeof current === 'object' && current !== null && chain.length < 5) {
    chain.push(current as Record<string, unknown>);
    current = (current as { cause?: unknown }).cause;
  }
  return chain;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const delay = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(delay, 0), MAX_RETRY_AFTER_MS);
}
