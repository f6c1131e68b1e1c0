import { AuditUsageError } from '../audit.errors.js';
import { describeValue } from '../event/text.js';
import { type Meanings, ORGANIZATION } from '../workos/api.error.js';
import type { ApiRequest } from '../workos/workos.api.js';

/** Which events an export holds. Filters are ANDed, the values of one filter ORed; an empty one filters nothing. */
export interface AuditExportOptions {
  /** The customer's organization at WorkOS, `org_…`; an export is of one organization. */
  readonly organizationId: string;
  /** The first moment, included. WorkOS exports events of the past three months. */
  readonly from: Date;
  /** The last moment, included; not in the future. */
  readonly to: Date;
  readonly actions?: readonly string[];
  readonly actorNames?: readonly string[];
  readonly actorIds?: readonly string[];
  /** Target types, such as `post`; WorkOS has no filter for the ids of targets. */
  readonly targets?: readonly string[];
}

/** Three months are 92 days at the most; a day for time zones. [WorkOS docs, audit-logs/exporting-events] */
const MAX_AGE_MS = 93 * 24 * 60 * 60 * 1_000;

/** So far may the clock of this machine be ahead. */
const CLOCK_SKEW_MS = 60_000;

const FILTERS = ['actions', 'actorNames', 'actorIds', 'targets'] as const;

/**
 * `POST /audit_logs/exports`, checked, so that a mistake is told in the application's words.
 * @throws AuditUsageError that names every fault
 */
export function createRequest(options: AuditExportOptions, now = Date.now()): ApiRequest {
  const faults = faultsOf(options, now);
  if (faults.length > 0) throw new AuditUsageError(`An export cannot be made: ${faults.join('; ')}.`);
  const { organizationId, from, to } = options;
  const filters = FILTERS.flatMap((name) => {
    const values = options[name];
    return values && values.length > 0 ? [[name, [...values]] as const] : [];
  });
  return {
    what: `The export of '${organizationId}'`,
    method: 'auditLogs.createExport',
    send: (client) =>
      client.auditLogs.createExport({ organizationId, rangeStart: from, rangeEnd: to, ...Object.fromEntries(filters) }),
    meanings: MEANINGS,
  };
}

function faultsOf(options: AuditExportOptions, now: number): string[] {
  const { organizationId } = options;
  return [
    ...(typeof organizationId === 'string' && organizationId.trim() !== ''
      ? []
      : [`\`organizationId\` is ${describeValue(organizationId)}; give the id of a WorkOS organization (org_…)`]),
    ...rangeFaults(options, now),
    ...FILTERS.filter((name) => options[name] !== undefined && !isTexts(options[name])).map(
      (name) => `\`${name}\` is ${describeValue(options[name])}; give a list of texts`,
    ),
  ];
}

function rangeFaults({ from, to }: AuditExportOptions, now: number): string[] {
  const dates = Object.entries({ from, to }).filter(([, date]) => !isDate(date));
  if (dates.length > 0) return dates.map(([name, date]) => `\`${name}\` is ${describe(date)}; give a valid Date`);
  const faults: [boolean, string][] = [
    [from >= to, `\`from\` (${iso(from)}) is not before \`to\` (${iso(to)})`],
    [
      to.getTime() > now + CLOCK_SKEW_MS,
      `\`to\` (${iso(to)}) is in the future, so the export would lack what is still to come; end it now at the latest`,
    ],
    [
      now - from.getTime() > MAX_AGE_MS,
      `\`from\` (${iso(from)}) is more than three months ago, and WorkOS exports events of the past three months only; ` +
        'what is older is where the log stream of the organization took it',
    ],
  ];
  return faults.filter(([is]) => is).map(([, fault]) => fault);
}

/** WorkOS answers 400 for all of it, with words and sometimes a code. */
const MEANINGS: Meanings = (failure) => {
  const { status, code, message } = failure.error;
  if (status === 400 && /no audit log events? found/i.test(message)) {
    return ['export_empty', 'No event matches: look at the range, the filters and the organization.'];
  }
  if (status === 400 && (code === 'invalid_audit_log_export_range_date' || /date range/i.test(message))) {
    return ['export_range', 'Give a range within the past three months, whose start is before its end.'];
  }
  if (status === 400 && /organization not found/i.test(message)) {
    return ORGANIZATION({ ...failure, error: { ...failure.error, status: 404 } });
  }
  return ORGANIZATION(failure);
};

function isDate(value: unknown): value is Date {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function describe(value: unknown): string {
  return value instanceof Date ? 'an invalid Date' : describeValue(value);
}

function iso(date: Date): string {
  return date.toISOString();
}
