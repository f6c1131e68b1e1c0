import { ApiError } from '../http/api-error.js';
import type { StoredEntity, StoredMetadata } from '../local-workos.types.js';
import { shapeErrors } from './event.shape.js';

/** The body of `POST /audit_logs/events`, read: known fields only, metadata as sent. */
export interface EventBody {
  readonly organizationId: string;
  readonly action: string;
  readonly version?: number;
  readonly occurredAt: string;
  readonly actor: StoredEntity;
  readonly targets: readonly StoredEntity[];
  readonly context: { readonly location: string; readonly userAgent?: string };
  readonly metadata?: StoredMetadata;
}

interface EventOnTheWire {
  readonly organization_id: string;
  readonly event: {
    readonly action: string;
    readonly version?: number;
    readonly occurred_at: string;
    readonly actor: StoredEntity;
    readonly targets: readonly StoredEntity[];
    readonly context: { readonly location: string; readonly user_agent?: string };
    readonly metadata?: StoredMetadata;
  };
}

/**
 * Reads an event's body.
 *
 * @throws ApiError 422 that lists every fault of its shape
 */
export function readEvent(body: unknown): EventBody {
  const errors = shapeErrors(body);
  if (errors.length > 0) {
    const reason = errors.map(({ code, field }) => `${field}: ${code}`).join('; ');
    throw new ApiError(
      422,
      { message: 'Validation failed.', errors: errors.map(({ code, field }) => ({ code, field })) },
      reason,
    );
  }
  const { organization_id, event } = body as EventOnTheWire;
  const { user_agent } = event.context;
  return {
    organizationId: organization_id,
    action: event.action,
    ...(event.version !== undefined && { version: event.version }),
    occurredAt: event.occurred_at,
    actor: entity(event.actor),
    targets: event.targets.map(entity),
    context: { location: event.context.location, ...(user_agent !== undefined && { userAgent: user_agent }) },
    ...(event.metadata !== undefined && { metadata: event.metadata }),
  };
}

function entity({ id, type, name, metadata }: StoredEntity): StoredEntity {
  return { id, type, ...(name !== undefined && { name }), ...(metadata !== undefined && { metadata }) };
}
