import { recordOf } from '../schemas/schema.wire.js';
import { dateOf } from '../streams/stream.status.js';
import { type Meanings } from '../workos/api.error.js';
import { type ApiRequest, unexpected } from '../workos/workos.api.js';

/** An export of an organization's events as CSV. [WorkOS OpenAPI, AuditLogExport] */
export interface AuditExport {
  /** `audit_log_export_…` */
  readonly id: string;
  /** `pending` becomes `ready` or `error`; what was `ready` may be `expired` later. WorkOS may add others. */
  readonly state: 'pending' | 'ready' | 'error' | 'expired' | (string & {});
  /**
   * Where the CSV can be downloaded, for ten minutes and without a key by whoever has the link; `null` unless `ready`. Asking
   * for the export again gives a new one; `AuditExports.stream` does that by itself.
   */
  readonly url: string | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/** `GET /audit_logs/exports/{id}` */
export function exportRequest(id: string): ApiRequest {
  return {
    what: `The export '${id}'`,
    method: 'auditLogs.getExport',
    send: (client) => client.auditLogs.getExport(id),
    meanings: NOT_FOUND,
  };
}

/** Reads what the SDK makes of an export. @throws AuditWorkOSError if it is none */
export function readExport(what: string, value: unknown): AuditExport {
  const { id, state, url, createdAt, updatedAt } = recordOf(value);
  if (typeof id !== 'string' || typeof state !== 'string') throw unexpected(what, value);
  return {
    id,
    state,
    url: typeof url === 'string' && url !== '' ? url : null,
    createdAt: dateOf(createdAt),
    updatedAt: dateOf(updatedAt),
  };
}

const NOT_FOUND: Meanings = ({ error: { status } }) =>
  status === 404
    ? [
        'export_not_found',
        'Give an id that create() returned (audit_log_export_…), in the environment of the same API key.',
      ]
    : undefined;
