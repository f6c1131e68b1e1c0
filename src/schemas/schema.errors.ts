import type { Outcome } from '../delivery/outcome.js';
import { plainReason } from '../workos/api.error.js';

/** WorkOS did not give or take a schema; `message` says why. */
export class AuditSchemaError extends Error {
  override readonly name = 'AuditSchemaError';
  /** What kind of failure it was; `retry` and `throttled` were tried again until there was no hope. */
  readonly kind: Exclude<Outcome['kind'], 'delivered'> | 'unexpected';
  readonly status?: number;

  constructor(request: string, failure: Exclude<Outcome, { kind: 'delivered' }> | string) {
    super(`${request}: ${typeof failure === 'string' ? failure : describeFailure(failure)}`);
    this.kind = typeof failure === 'string' ? 'unexpected' : failure.kind;
    if (typeof failure !== 'string') this.status = failure.error.status;
  }
}

/** The work was asked to end before it was done. */
export class SyncInterrupted extends Error {
  override readonly name = 'SyncInterrupted';
  override readonly message = 'interrupted';
}

function describeFailure({ kind, error }: Exclude<Outcome, { kind: 'delivered' }>): string {
  const status = error.status === undefined ? '' : ` (HTTP ${error.status})`;
  if (kind === 'unauthorized') return `WorkOS refuses the API key: ${error.message}${status}`;
  if (kind === 'throttled') return `WorkOS goes on to say that there are too many requests${status}`;
  if (kind === 'refused') return `WorkOS refuses: ${error.message}${status}`;
  return error.status === undefined
    ? `WorkOS cannot be reached: ${plainReason(error.message)}`
    : `WorkOS fails: ${error.message}${status}`;
}
