import { type JsonObject, isJsonObject, own } from '../../json.js';

/**
 * What an application's outbox tells of itself: what `AuditService.stats()` answers, as much of it as the dashboard
 * shows. Counters count from the start of the process.
 */
export interface LocalWorkOSOutboxFigures {
  /** Events that wait, due now or later. */
  readonly pending: number;
  /** Events that are being sent. @default 0 */
  readonly leased?: number;
  /** Events that WorkOS will not take. */
  readonly buried: number;
  /** Milliseconds since the oldest event that is not buried was recorded; absent when there is none. */
  readonly oldestAgeMs?: number | undefined;
  /** Counter: events that WorkOS has taken. */
  readonly delivered: number;
  /** Counter: attempts that were put off. */
  readonly retried: number;
  /** Counter: events that no outbox took. @default 0 */
  readonly dropped?: number;
  /** Whether sending is paused because WorkOS refuses the API key. @default false */
  readonly paused?: boolean;
}

const REQUIRED = ['pending', 'buried', 'delivered', 'retried'] as const;
const OPTIONAL = ['leased', 'oldestAgeMs', 'dropped'] as const;

/**
 * Reads figures from whatever a function or an endpoint gave.
 *
 * @throws Error that names the field
 */
export function readFigures(value: unknown): LocalWorkOSOutboxFigures {
  if (!isJsonObject(value)) throw new Error('it gave no object such as AuditService.stats() answers');
  for (const name of REQUIRED) if (!isFigure(value, name)) throw new Error(`its '${name}' is no number`);
  const given = [...REQUIRED, ...OPTIONAL].filter((name) => isFigure(value, name));
  const figures = Object.fromEntries(given.map((name) => [name, own(value, name)]));
  return { ...(figures as unknown as LocalWorkOSOutboxFigures), paused: own(value, 'paused') === true };
}

function isFigure(value: JsonObject, name: string): boolean {
  const figure = own(value, name);
  return typeof figure === 'number' && Number.isFinite(figure) && figure >= 0;
}
