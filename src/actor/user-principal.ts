import type { AuditGroup, AuditPrincipal } from './principal.js';

/**
 * The principal of what an SSO guard puts on `request.user`: `id` (else `sub`), `organizationId`, `groups` as
 * `[{ id, name }]` or as ids, and a name from `name`, `firstName` and `lastName`, or `email`. Whatever has no id is no
 * actor. Groups that cannot be read are left out rather than guessed.
 */
export function principalOfUser(user: unknown): Partial<AuditPrincipal> {
  if (typeof user !== 'object' || user === null) return {};
  const { id, sub, name, firstName, lastName, email, organizationId, groups } = user as Record<string, unknown>;
  const actorId = text(id) ?? text(sub);
  const fullName = [text(firstName), text(lastName)].filter(Boolean).join(' ');
  return {
    ...(actorId !== undefined && {
      actor: { id: actorId, type: 'user', name: text(name) ?? (fullName || text(email)) },
      groups: groupsOf(groups),
    }),
    organizationId: text(organizationId),
  };
}

function groupsOf(groups: unknown): AuditGroup[] {
  if (!Array.isArray(groups)) return [];
  return groups.flatMap((group: unknown): AuditGroup[] => {
    if (typeof group !== 'object' || group === null)
      return text(group) === undefined ? [] : [{ id: text(group) as string }];
    const { id, name } = group as Record<string, unknown>;
    const groupId = text(id);
    return groupId === undefined ? [] : [{ id: groupId, name: text(name) }];
  });
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
