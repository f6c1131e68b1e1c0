import type { StoredEntity, StoredEvent } from '../local-workos.types.js';

/**
 * An event as a stream carries it. WorkOS documents a shape for each destination
 * [https://workos.com/docs/audit-logs/log-streams]; this is that of the API's own event, with the id that only streams tell.
 */
export function streamedJson(event: StoredEvent) {
  const { id, organizationId, action, version, occurredAt, actor, targets, context, metadata } = event;
  return {
    id,
    organization_id: organizationId,
    action,
    version,
    occurred_at: occurredAt,
    actor: entityJson(actor),
    targets: targets.map(entityJson),
    context: { location: context.location, ...(context.userAgent !== undefined && { user_agent: context.userAgent }) },
    metadata,
  };
}

function entityJson({ id, type, name, metadata }: StoredEntity) {
  return { id, type, ...(name !== undefined && { name }), metadata: metadata ?? {} };
}
