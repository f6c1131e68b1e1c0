import type { AuditCatalogue } from '../catalogue/define.js';
import { compareText, sameTypes, schemaDigest } from '../catalogue/schema.digest.js';
import { differences } from './schema.difference.js';
import type { RemoteSchema } from './schema.wire.js';
import { type AuditSchema, type AuditSchemaLock, schemasOf } from '../catalogue/versions.js';

/** What WorkOS has, as far as a plan needs to know. */
export interface SchemaInventory {
  readonly actions: ReadonlySet<string>;
  of(action: string): readonly RemoteSchema[];
}

/** A schema of the catalogue, and what is to be done about it. */
export type PlannedSchema = { readonly schema: AuditSchema; readonly digest: string } & (
  { readonly state: 'in step'; readonly version: number } | { readonly state: 'create'; readonly reason: string }
);

/** The catalogue compared with WorkOS. */
export interface SchemaPlan {
  /** Action by action, in the order of the catalogue and of `schemasOf`. */
  readonly schemas: readonly PlannedSchema[];
  /** Actions that WorkOS has and the catalogue lacks: older ones, or those of another application. No drift. */
  readonly unlisted: readonly string[];
}

/** Compares. Of several equal versions at WorkOS the one in the lock counts, else the newest. */
export function planSchemas(catalogue: AuditCatalogue, remote: SchemaInventory, lock?: AuditSchemaLock): SchemaPlan {
  return {
    schemas: [...catalogue.actions.values()].flatMap(schemasOf).map((schema) => planned(schema, remote, lock)),
    unlisted: [...remote.actions].filter((action) => !catalogue.actions.has(action)).toSorted(compareText),
  };
}

function planned(schema: AuditSchema, remote: SchemaInventory, lock: AuditSchemaLock | undefined): PlannedSchema {
  const digest = schemaDigest(schema);
  const versions = remote
    .of(schema.action)
    .filter((one) => one.digest === digest)
    .map(({ version }) => version);
  if (versions.length === 0) return { schema, digest, state: 'create', reason: reasonFor(schema, remote) };
  const locked = new Set((lock?.actions[schema.action] ?? []).map(({ version }) => version));
  const preferred = versions.filter((version) => locked.has(version));
  return { schema, digest, state: 'in step', version: Math.max(...(preferred.length > 0 ? preferred : versions)) };
}

function reasonFor(schema: AuditSchema, remote: SchemaInventory): string {
  if (!remote.actions.has(schema.action)) return 'WorkOS does not have the action';
  const types = schema.targets.map(({ type }) => type);
  const similar = remote
    .of(schema.action)
    .filter(({ targets }) =>
      sameTypes(
        targets.map(({ type }) => type),
        types,
      ),
    )
    .toSorted((a, b) => b.version - a.version)[0];
  if (!similar) return 'WorkOS has no version with these target types';
  return `differs from version ${similar.version}: ${differences(schema, similar).join('; ')}`;
}
