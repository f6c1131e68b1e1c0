import type { AuditMetadataSchema } from '../catalogue/define.js';
import { type MetadataShape, schemaDigest, type SchemaShape } from '../catalogue/schema.digest.js';
import type { AuditSchema } from '../catalogue/versions.js';

/** A schema that WorkOS has. */
export interface RemoteSchema extends SchemaShape {
  readonly version: number;
  readonly digest: string;
}

/** The body that registers a schema. Empty metadata is left out: WorkOS makes what is registered obligatory. */
export function schemaBody({ targets, metadata, actor }: AuditSchema): object {
  return {
    // The SDK always sends an actor too, and every event carries `actor.metadata`.
    actor: { metadata: jsonSchemaOf(actor?.metadata ?? {}) },
    targets: targets.map(({ type, metadata: own }) => ({ type, ...(isFull(own) && { metadata: jsonSchemaOf(own) }) })),
    ...(isFull(metadata) && { metadata: jsonSchemaOf(metadata) }),
  };
}

/** Reads a schema as WorkOS shows it; `undefined` for anything else. */
export function readSchema(value: unknown): RemoteSchema | undefined {
  const { version, targets, metadata, actor } = recordOf(value);
  if (typeof version !== 'number' || !Array.isArray(targets)) return undefined;
  const shape: SchemaShape = {
    targets: targets.map((target: unknown) => ({
      type: String(recordOf(target)['type']),
      metadata: metadataOf(recordOf(target)['metadata']),
    })),
    metadata: metadataOf(metadata),
    actor: { metadata: metadataOf(recordOf(actor)['metadata']) },
  };
  return { ...shape, version, digest: schemaDigest(shape) };
}

/** The own properties of an object; of anything else none. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isFull(metadata: AuditMetadataSchema | undefined): metadata is AuditMetadataSchema {
  return metadata !== undefined && Object.keys(metadata).length > 0;
}

function jsonSchemaOf(metadata: AuditMetadataSchema): object {
  const properties = Object.entries(metadata).map(([key, type]) => [key, { type }]);
  return { type: 'object', properties: Object.fromEntries(properties) as object };
}

/** A key that the dashboard made obligatory is told apart: an event of the catalogue need not have it. */
function metadataOf(jsonSchema: unknown): MetadataShape {
  const { properties, required } = recordOf(jsonSchema);
  const obligatory: unknown[] = Array.isArray(required) ? required : [];
  const keys = new Set([...Object.keys(recordOf(properties)), ...obligatory.map(String)]);
  const entries = [...keys].map((key) => {
    const { type } = recordOf(recordOf(properties)[key]);
    const name = typeof type === 'string' ? type : (JSON.stringify(type) ?? 'anything');
    return [key, obligatory.includes(key) ? `${name} (required)` : name];
  });
  return Object.fromEntries(entries) as MetadataShape;
}
