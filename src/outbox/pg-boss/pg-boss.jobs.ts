import { createHash } from 'node:crypto';
import type { JobInsert, JobWithMetadata } from 'pg-boss' with { 'resolution-mode': 'import' };
import { AuditOutboxError } from '../../audit.errors.js';
import type { AuditEvent } from '../../event/event.js';
import { cleanText, messageOf } from '../../event/text.js';
import type { BuriedEntry, BuriedFilter, DeliveryError, OutboxEntry } from '../outbox.js';

/** The payload of a job. What is beside the event is there to be looked for. */
export interface JobData {
  /** Of the entry; the job's own is another after a redrive. */
  readonly id: string;
  readonly recordedAt: number;
  /** The order of entries that one process appended in the same millisecond. */
  readonly seq: number;
  readonly action: string;
  readonly organizationId: string;
  /** A text where Postgres's jsonb would not give it back as it was. */
  readonly event: AuditEvent | string;
  /** An intent. */
  readonly held?: true;
}

export type Job = JobWithMetadata<JobData>;

export interface NewJob extends JobInsert<JobData> {
  readonly id: string;
  readonly data: JobData;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** jsonb takes neither NUL nor half a surrogate pair. */
const NOT_JSONB = /\\u0000|\\ud[89a-f]/i;

let appended = 0;

/** @throws AuditOutboxError when it cannot be stored */
export function dataOf({ id, recordedAt, event }: OutboxEntry): JobData {
  if (!UUID.test(id)) throw new AuditOutboxError(`The id of an event must be a UUID, not '${id}'.`);
  appended += 1;
  const { action, organizationId } = event;
  return {
    id,
    recordedAt,
    seq: appended,
    action: cleanText(action),
    organizationId: cleanText(organizationId),
    event: storable(event),
  };
}

export function jobOf(entry: OutboxEntry): NewJob {
  return { id: entry.id, data: dataOf(entry) };
}

/** Under another id than its intent, which is being sent: the same one however often it is asked for. */
export function finalId(id: string): string {
  const hex = createHash('sha256').update(`final:${id}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

export function entryOf({ id, recordedAt, event }: JobData): OutboxEntry {
  return { id, recordedAt, event: typeof event === 'string' ? (JSON.parse(event) as AuditEvent) : event };
}

/** Whether it is one of ours, and not something that somebody else sent to the queue. */
export function isOurs({ data }: { readonly data: unknown }): boolean {
  const { id, recordedAt, event } = (data ?? {}) as Partial<JobData>;
  return typeof id === 'string' && typeof recordedAt === 'number' && event !== undefined && event !== null;
}

/** A job of the dead letter queue. */
export function buriedOf({ data, sourceRetryCount, sourceOutput, createdOn }: Job): BuriedEntry {
  return {
    ...entryOf(data),
    attempts: (sourceRetryCount ?? 0) + 1,
    buriedAt: createdOn.getTime(),
    error: errorOf(sourceOutput),
  };
}

/** What was given to `fail`. */
export function errorOf(output: object | null): DeliveryError {
  const { message } = (output ?? {}) as { message?: unknown };
  if (typeof message === 'string') return output as DeliveryError;
  return { message: output === null ? 'no reason is kept' : JSON.stringify(output) };
}

/** For `findJobs`, which compares what a payload contains. `undefined` for any at all. */
export function filterOf({ id, action, organizationId }: BuriedFilter = {}): object | undefined {
  const wanted = {
    ...(id !== undefined && { id }),
    ...(action !== undefined && { action: cleanText(action) }),
    ...(organizationId !== undefined && { organizationId: cleanText(organizationId) }),
  };
  return Object.keys(wanted).length > 0 ? wanted : undefined;
}

/** Oldest first: when it became due, then as it was appended. */
export function byAge(a: Job, b: Job): number {
  return a.startAfter.getTime() - b.startAfter.getTime() || a.data.seq - b.data.seq;
}

/** A time to come, relative, so that the clocks of the process and of Postgres need not agree. */
export function secondsUntil(at: number): number {
  return Math.max(0, (at - Date.now()) / 1_000);
}

function storable(event: AuditEvent): AuditEvent | string {
  let text: string;
  try {
    text = JSON.stringify(event);
  } catch (error) {
    throw new AuditOutboxError(`The event is not JSON: ${messageOf(error)}`);
  }
  return NOT_JSONB.test(text) ? text : event;
}
