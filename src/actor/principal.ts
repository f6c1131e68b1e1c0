import type { AuditMetadataInput } from '../event/event.js';
import { groupsOf } from './groups.js';
import { field, isRecord, plain, text } from './reading.js';

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

/**
 * The principal of a program that calls with an API key: for `AuditService.runAs`, as what `resolveActor` answers, or put on
 * `request.user` by the guard that checked the key. The actor's type is `api_key`. Give the id of the key, never its value.
 *
 * @example
 * request.user = apiKeyActor(apiKey.id, { organizationId: apiKey.owner.id, name: apiKey.name });
 */
export function apiKeyActor(
  id: string,
  options: { organizationId: string; name?: string; metadata?: AuditMetadataInput },
): AuditPrincipal {
  const { organizationId, name, metadata } = options;
  return { actor: { id, type: 'api_key', name, metadata }, groups: [], organizationId };
}

/** What of a principal can be used, as plain objects that cannot throw; without an actor, where its id is none. */
export function readPrincipal(principal: unknown): Partial<AuditPrincipal> {
  const given = field(principal, 'actor');
  const id = isRecord(given) ? text(field(given, 'id')) : undefined;
  const organizationId = text(field(principal, 'organizationId'));
  if (id === undefined) return { organizationId };
  const metadata = plain(field(given, 'metadata'));
  const [type, name] = [text(field(given, 'type')), text(field(given, 'name'))];
  return {
    actor: { id, ...(type && { type }), ...(name && { name }), ...(metadata && { metadata }) },
    groups: groupsOf(field(principal, 'groups')),
    organizationId,
  };
}
