import { isIsoDateTime } from '../../audit-logs/iso-date-time.js';

/** A bound of a time filter as it was given, and what it means. */
export interface TimeBound {
  readonly text: string;
  /** Milliseconds since the epoch; undefined if nothing, or nothing usable, was given. */
  readonly at?: number;
  readonly fault?: string;
}

/** What `<input type="datetime-local">` sends: to the minute, the second or the millisecond, without a zone. */
const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d{1,3})?$/;

/**
 * Reads a bound, in UTC unless it names another zone. An end means the whole of the minute or second that it names, so
 * that `to=10:00` lets 10:00:30 through.
 */
export function timeBound(name: string, given: string | null, which: 'start' | 'end'): TimeBound {
  const text = (given ?? '').trim().slice(0, 40);
  if (text === '') return { text };
  const [isLocal, seconds, fraction] = LOCAL.exec(text) ?? [];
  const iso = isLocal === undefined ? text : `${text}${seconds === undefined ? ':00' : ''}Z`;
  if (!isIsoDateTime(iso)) {
    return { text, fault: `${name} must be a time such as 2026-11-20T10:00, in UTC. It is left out.` };
  }
  const span = isLocal === undefined || fraction !== undefined ? 0 : seconds === undefined ? 59_999 : 999;
  return { text, at: Date.parse(iso) + (which === 'end' ? span : 0) };
}
