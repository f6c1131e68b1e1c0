import type { AuditMetadataInput } from '../event/event.js';
import { field, isRecord, text } from './reading.js';

/**
 * The metadata of an actor whose session a member of your own team has taken over, to be declared in a catalogue.
 *
 * @example
 * defineAuditEvents({ … }, { actorMetadata: impersonatorMetadata });
 */
export const impersonatorMetadata = { impersonator_email: 'string', impersonator_reason: 'string' } as const;

/**
 * The metadata of an actor for the `impersonator` of an AuthKit session, `{ email, reason }`, or for the `act` claim of its
 * access token, `{ sub }` (RFC 8693). None, if nobody impersonates; an impersonator without a readable e-mail is `unknown`,
 * since that there is one must not get lost.
 */
export function impersonatorOf(impersonator: unknown): AuditMetadataInput | undefined {
  if (!impersonator) return undefined;
  const given = isRecord(impersonator) ? (field(impersonator, 'email') ?? field(impersonator, 'sub')) : impersonator;
  const reason = text(field(impersonator, 'reason'));
  return { impersonator_email: text(given) ?? 'unknown', ...(reason && { impersonator_reason: reason }) };
}
