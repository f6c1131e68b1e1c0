import type { AuditCatalogue } from '../catalogue/define.js';
import { compareText, digestOf, sameTypes, schemaDigest } from '../catalogue/schema.digest.js';
import type { SchemaPlan } from './schema.plan.js';
import { type AuditSchema, type AuditSchemaLock, schemasOf } from '../catalogue/versions.js';

/** The catalogue that a lock is made from, and its file as seen from the lock. */
export interface LockSource {
  readonly catalogue: AuditCatalogue;
  readonly events?: string;
}

/** The lock for what a plan found in step; what is still to be created is not in it. */
export function lockOf({ catalogue, events }: LockSource, plan: SchemaPlan): AuditSchemaLock {
  const actions = [...catalogue.actions.keys()].toSorted(compareText).map((action) => {
    const entries = plan.schemas.flatMap((planned) => {
      if (planned.state === 'create' || planned.schema.action !== action) return [];
      const targets = planned.schema.targets.map(({ type }) => type).toSorted(compareText);
      return [{ version: planned.version, targets, digest: planned.digest }];
    });
    return [action, entries.toSorted((a, b) => a.version - b.version)] as const;
  });
  return {
    lockfileVersion: 1,
    catalogue: { ...(events !== undefined && { events }), digest: catalogueDigest(catalogue) },
    actions: Object.fromEntries(actions.filter(([, entries]) => entries.length > 0)),
  };
}

/**
 * What the lock lacks of the catalogue, a sentence for each action, and at the end one that names the command to run.
 * Empty if they are in step. Without WorkOS: for the start of an application.
 */
export function staleSchemas(catalogue: AuditCatalogue, lock: AuditSchemaLock): string[] {
  const faults = [...catalogue.actions.values()].flatMap((action) => {
    if (!Object.hasOwn(lock.actions, action.action)) return [`'${action.action}' is not in the schema lock`];
    const problems = schemasOf(action).flatMap((schema) => problemOf(schema, lock));
    return problems.length === 0 ? [] : [`'${action.action}': the schema lock ${problems.join('; it ')}`];
  });
  return faults.length === 0 ? [] : [...faults, `to bring WorkOS and the lock in step, run: ${pushCommand(lock)}`];
}

/** A short name of all that a catalogue registers; descriptions and order do not count. */
export function catalogueDigest(catalogue: AuditCatalogue): string {
  const actions = [...catalogue.actions.values()].toSorted((a, b) => compareText(a.action, b.action));
  return digestOf(actions.map((action) => [action.action, schemasOf(action).map(schemaDigest).toSorted(compareText)]));
}

/** The command that brings WorkOS and the lock in step with the catalogue. */
export function pushCommand(lock?: AuditSchemaLock): string {
  return `npx workos-audit schemas push --events ${lock?.catalogue?.events ?? './audit-events.ts'}`;
}

function problemOf(schema: AuditSchema, lock: AuditSchemaLock): string[] {
  const types = schema.targets.map(({ type }) => type);
  const entries = (lock.actions[schema.action] ?? []).filter(({ targets }) => sameTypes(targets, types));
  if (entries.length === 0) return [`has no version with the target types ${types.join(', ')}`];
  const digest = schemaDigest(schema);
  if (entries.some((entry) => entry.digest === undefined || entry.digest === digest)) return [];
  return [`was made when the metadata of ${types.join(', ')} was another`];
}
