import type { AuditMetadataInput } from '../event/event.js';

/** A group (team) of the actor, as Directory Sync knows it. */
export interface AuditGroup {
  readonly id: string;
  readonly name?: string;
}

/** An actor as an application names it; ids and metadata are checked and cut when the event is made. */
export interface AuditActorInput {
  readonly id: string | number;
  /** @default 'user' */
  readonly type?: string;
  readonly name?: string;
  readonly metadata?: AuditMetadataInput;
}

/** Who acts, in which groups, for which WorkOS organization: what an event needs to know of the one behind it. */
export interface AuditPrincipal {
  readonly actor: AuditActorInput;
  readonly groups?: readonly AuditGroup[];
  /** The WorkOS organization whose trail the event belongs to, `org_…`. */
  readonly organizationId?: string;
}

/**
 * The principal of a job, for `AuditService.runAs`. The actor's type is `system`.
 *
 * @example
 * await audit.runAs(systemActor('nightly-report', { organizationId }), () => job());
 */
export function systemActor(
  id: string,
  options: { organizationId: string; name?: string; metadata?: AuditMetadataInput },
): AuditPrincipal {
  const { organizationId, name = id, metadata } = options;
  return { actor: { id, type: 'system', name, metadata }, groups: [], organizationId };
}
