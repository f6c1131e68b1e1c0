import { recordOf } from '../schemas/schema.wire.js';
import { unexpected } from '../workos/workos.api.js';

/** Names that are known today; WorkOS adds others. */
type Known<T extends string> = T | (string & {});

/** Where an organization's events are streamed to. [WorkOS OpenAPI, AuditLogConfiguration] */
export interface AuditLogStream {
  readonly id: string;
  readonly type: Known<
    'AzureSentinel' | 'Datadog' | 'GenericHttps' | 'GoogleCloudStorage' | 'S3' | 'Snowflake' | 'Splunk'
  >;
  /** `error`: WorkOS tries again; `invalid`: its settings are refused. Neither delivers anything. */
  readonly state: Known<'active' | 'inactive' | 'error' | 'invalid'>;
  /** When an event last reached the destination; `null` if none ever did. */
  readonly lastSyncedAt: Date | null;
  readonly createdAt: Date | null;
}

/** An organization's audit log, as WorkOS keeps and streams it. */
export interface AuditLogStreamStatus {
  readonly organizationId: string;
  /** Of the audit log, not of the stream. */
  readonly state: Known<'active' | 'inactive' | 'disabled'>;
  /** The stream; `null` if nobody has set one up. An organization has at most one. */
  readonly logStream: AuditLogStream | null;
  /** After so many days WorkOS deletes an event for good; `null` if it does not say. */
  readonly retentionPeriodInDays: number | null;
  /**
   * Why the stream delivers nothing although WorkOS accepts the events, in words for a person; `null` while there is no
   * stream, it is switched off, or all is well.
   */
  readonly problem: string | null;
}

/** Reads `GET /organizations/{id}/audit_log_configuration`. @throws AuditWorkOSError if it is none */
export function readStatus(organizationId: string, what: string, value: unknown): AuditLogStreamStatus {
  const { state, retention_period_in_days: days, log_stream: stream } = recordOf(value);
  if (typeof state !== 'string') throw unexpected(what, value);
  const logStream = stream === undefined || stream === null ? null : readStream(what, stream);
  const retentionPeriodInDays = typeof days === 'number' ? days : null;
  return { organizationId, state, logStream, retentionPeriodInDays, problem: problemOf(logStream) };
}

function readStream(what: string, value: unknown): AuditLogStream {
  const { id, type, state, last_synced_at: synced, created_at: created } = recordOf(value);
  if (typeof id !== 'string' || typeof type !== 'string' || typeof state !== 'string') throw unexpected(what, value);
  return { id, type, state, lastSyncedAt: dateOf(synced), createdAt: dateOf(created) };
}

function problemOf(stream: AuditLogStream | null): string | null {
  if (stream === null || (stream.state !== 'error' && stream.state !== 'invalid')) return null;
  const { type, state, lastSyncedAt } = stream;
  const reason =
    state === 'error' ? `${type} does not take them, and WorkOS goes on trying` : `its settings are refused`;
  const since = lastSyncedAt ? `the last event arrived at ${lastSyncedAt.toISOString()}` : 'none has ever arrived';
  return (
    `the ${type} stream is in state '${state}': events are accepted but do not reach it (${reason}); ${since}. ` +
    "The organization's admin repairs it in the Admin Portal; AuditLogStreams.setupLink() leads there."
  );
}

/** A date of an answer; `null` for anything else. */
export function dateOf(value: unknown): Date | null {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
