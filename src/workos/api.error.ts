import type { Outcome } from '../delivery/outcome.js';

/**
 * What went wrong, for programs.
 *
 * - `unauthorized`: WorkOS refuses the API key, or it is missing.
 * - `organization_not_found`, `export_not_found`: there is none with that id in the key's environment.
 * - `portal_not_enabled`: the Admin Portal is not available to the environment or the key.
 * - `export_empty`: no event matches. `export_range`: WorkOS refuses the range.
 * - `export_failed`, `export_expired`: the export ended that way; ask for a new one.
 * - `export_pending`: it is not ready; `wait` for it. `export_timeout`: it was not ready in time; `wait` again.
 * - `export_broken`: the download broke and could not be resumed, or the CSV is none.
 * - `throttled`: too many requests. `unavailable`: WorkOS cannot be reached, or fails; try again.
 * - `refused`: WorkOS refuses for another reason. `unexpected`: an answer that is not WorkOS's.
 */
export type AuditWorkOSErrorCode =
  | 'unauthorized'
  | 'organization_not_found'
  | 'portal_not_enabled'
  | 'export_not_found'
  | 'export_empty'
  | 'export_range'
  | 'export_failed'
  | 'export_expired'
  | 'export_pending'
  | 'export_timeout'
  | 'export_broken'
  | 'throttled'
  | 'unavailable'
  | 'refused'
  | 'unexpected';

/** WorkOS did not do what `AuditLogStreams` or `AuditExports` asked of it; `message` says why, and what to do. */
export class AuditWorkOSError extends Error {
  override readonly name = 'AuditWorkOSError';
  /** The HTTP status of WorkOS's answer, where there was one. */
  readonly status?: number;
  /** The id that WorkOS's support asks for. */
  readonly requestId?: string;

  constructor(
    readonly code: AuditWorkOSErrorCode,
    message: string,
    { status, requestId, ...rest }: { status?: number; requestId?: string; cause?: unknown } = {},
  ) {
    super(message, rest);
    if (status !== undefined) this.status = status;
    if (requestId !== undefined) this.requestId = requestId;
  }
}

/** An answer of WorkOS that gives no result. */
export type Failure = Exclude<Outcome, { kind: 'delivered' }>;

/** What a status means for a request, where it does not mean the usual: a code, and the advice. */
export type Meanings = (failure: Failure) => readonly [AuditWorkOSErrorCode, string] | undefined;

/** The error of a failed request. @param what the request in words, such as "The log stream of 'org_1'" */
export function apiError(what: string, failure: Failure, meanings: Meanings): AuditWorkOSError {
  const { message, status, requestId } = failure.error;
  const [code, advice] = meanings(failure) ?? usual(failure);
  const http = status === undefined ? '' : ` (HTTP ${status})`;
  return new AuditWorkOSError(code, `${what}: ${plainReason(message).replace(/\.?$/, '')}${http}. ${advice}`, {
    status,
    requestId,
  });
}

function usual({ kind, error: { status } }: Failure): readonly [AuditWorkOSErrorCode, string] {
  if (kind === 'unauthorized') {
    return ['unauthorized', 'Use a secret key (sk_…) of the WorkOS environment (Dashboard → API Keys).'];
  }
  if (kind === 'throttled')
    return ['throttled', 'WorkOS allows 6,000 requests a minute for each key; try again later.'];
  if (kind === 'refused') return ['refused', 'WorkOS will not take it as it is.'];
  const place = status === undefined ? 'Check the network and the address of the API, and try' : 'Try';
  return ['unavailable', `${place} again.`];
}

/** An error message of the SDK without the names of the errors that it is wrapped in. */
export function plainReason(message: string): string {
  const parts = message.split(': ').filter((part) => part !== 'Unexpected error' && !/^\w+Error$/.test(part));
  return [...new Set(parts)].join(': ') || message;
}

/** 404 where the path names an organization. */
export const ORGANIZATION: Meanings = ({ error: { status } }) =>
  status === 404
    ? [
        'organization_not_found',
        "Give the organization's id (org_…) in the WorkOS environment that the API key belongs to.",
      ]
    : undefined;
