import type { AuditCatalogue, AuditMetadataSchema } from '../../catalogue/define.js';
import { sameTypes, schemaDigest } from '../../catalogue/schema.digest.js';
import {
  type AuditSchema,
  type AuditSchemaLock,
  type AuditSchemaVersion,
  schemasOf,
} from '../../catalogue/versions.js';
import type { LocalWorkOS, LocalWorkOSSchema } from '../../testing/index.js';

/**
 * Gives a LocalWorkOS the schemas of a catalogue, under the versions that the lock names, as if they had been pushed there;
 * without a lock, in the order in which a first push creates them.
 *
 * @returns how many there are
 */
export function seedSchemas(workos: LocalWorkOS, catalogue: AuditCatalogue, lock: AuditSchemaLock | undefined): number {
  let count = 0;
  for (const action of catalogue.actions.values()) {
    const schemas = schemasOf(action);
    for (const schema of inOrder(schemas, lock?.actions[action.action] ?? [])) {
      workos.defineSchema(action.action, localSchema(schema));
      count += 1;
    }
  }
  return count;
}

/** Version 1 first. A number that the lock lacks is of an older catalogue: whatever stands there, no event asks for it. */
function inOrder(schemas: readonly AuditSchema[], locked: readonly AuditSchemaVersion[]): AuditSchema[] {
  if (locked.length === 0) return [...schemas];
  const newest = Math.max(...locked.map(({ version }) => version));
  return Array.from({ length: newest }, (_, index) => {
    const entry = locked.find(({ version }) => version === index + 1);
    return (entry && schemas.find((schema) => isOf(schema, entry))) ?? asLocked(schemas[0] as AuditSchema, entry);
  });
}

function isOf(schema: AuditSchema, entry: AuditSchemaVersion): boolean {
  if (entry.digest !== undefined) return schemaDigest(schema) === entry.digest;
  return sameTypes(
    schema.targets.map(({ type }) => type),
    entry.targets,
  );
}

/** Of a schema that is in the lock and no more in the catalogue only the target types are known. */
function asLocked(schema: AuditSchema, entry: AuditSchemaVersion | undefined): AuditSchema {
  return entry === undefined ? schema : { action: schema.action, targets: entry.targets.map((type) => ({ type })) };
}

/** As `schemas push` registers it: what has no metadata says nothing of it, but for the actor, of whom the SDK always does. */
function localSchema({ targets, metadata, actor }: AuditSchema): LocalWorkOSSchema {
  return {
    targets: targets.map(({ type, metadata: own }) => ({ type, ...(isFull(own) && { metadata: own }) })),
    ...(isFull(metadata) && { metadata }),
    actor: { metadata: actor?.metadata ?? {} },
  };
}

function isFull(metadata: AuditMetadataSchema | undefined): metadata is AuditMetadataSchema {
  return metadata !== undefined && Object.keys(metadata).length > 0;
}
