import { ApiError } from '../http/api-error.js';
import { isJsonObject, isStringArray, own } from '../json.js';
import type { StoredEvent } from '../local-workos.types.js';
import { isIsoDateTime } from './iso-date-time.js';

/** What an export asks for. */
export interface ExportRequest {
  readonly organizationId: string;
  readonly matches: (event: StoredEvent) => boolean;
}

/**
 * Reads the body of `POST /audit_logs/exports`. Filters are ANDed, the values of one filter ORed; `targets` are target
 * types; both ends of the range count.
 *
 * @throws ApiError 400 in one of the two shapes that WorkOS has for it
 */
export function readExportBody(body: unknown): ExportRequest {
  const given = isJsonObject(body) ? body : {};
  const [organizationId, start, end] = ['organization_id', 'range_start', 'range_end'].map((key) => own(given, key));
  const filters = FILTERS.map((name) => [name, own(given, name)] as const);
  const problems = [
    ...(typeof organizationId === 'string' ? [] : ['organization_id must be a string']),
    ...(isDate(start) ? [] : ['range_start must be an ISO 8601 date string']),
    ...(isDate(end) ? [] : ['range_end must be an ISO 8601 date string']),
    ...filters.flatMap(([name, value]) =>
      value === undefined || isStringArray(value) ? [] : [`each value in ${name} must be a string`],
    ),
  ];
  if (problems.length > 0) throw new ApiError(400, { message: problems, error: 'Bad Request' });
  const [from, to] = [Date.parse(String(start)), Date.parse(String(end))];
  if (from >= to) {
    throw new ApiError(400, { message: 'Invalid date range', code: 'invalid_audit_log_export_range_date' });
  }
  const wanted = new Map(filters.flatMap(([name, value]) => (isStringArray(value) ? [[name, new Set(value)]] : [])));
  return {
    organizationId: String(organizationId),
    matches: (event) => {
      const at = Date.parse(event.occurredAt);
      return event.organizationId === organizationId && at >= from && at <= to && passes(event, wanted);
    },
  };
}

const FILTERS = ['actions', 'actors', 'actor_names', 'actor_ids', 'targets'] as const;

function passes(event: StoredEvent, wanted: Map<(typeof FILTERS)[number], Set<string>>): boolean {
  const has = (name: (typeof FILTERS)[number], values: readonly (string | undefined)[]): boolean => {
    const set = wanted.get(name);
    return set === undefined || set.size === 0 || values.some((value) => value !== undefined && set.has(value));
  };
  const { action, actor, targets } = event;
  return (
    has('actions', [action]) &&
    has('actors', [actor.name]) &&
    has('actor_names', [actor.name]) &&
    has('actor_ids', [actor.id]) &&
    has(
      'targets',
      targets.map(({ type }) => type),
    )
  );
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && isIsoDateTime(value);
}
