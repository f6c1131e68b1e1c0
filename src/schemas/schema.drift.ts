import { lockOf, type LockSource } from './schema.locked.js';
import { sameTypes } from '../catalogue/schema.digest.js';
import type { SchemaInventory, SchemaPlan } from './schema.plan.js';
import type { AuditSchemaLock, AuditSchemaVersion } from '../catalogue/versions.js';

/** One way in which the lock is not what a push would write; without an action it is about the whole file. */
export interface LockDrift {
  readonly action?: string;
  readonly problem: string;
}

/** Compares the lock with the catalogue and with WorkOS. Empty if a push would not change it. */
export function lockDrift(
  source: LockSource,
  plan: SchemaPlan,
  remote: SchemaInventory,
  lock: AuditSchemaLock | undefined,
): LockDrift[] {
  if (!lock) {
    const actions = [...source.catalogue.actions.keys()].map((action) => ({ action, problem: 'there is no lock' }));
    return actions.length > 0 ? actions : [{ problem: 'there is no lock' }];
  }
  const { catalogue } = source;
  const drift = [
    ...missingEntries(plan, lock),
    ...Object.entries(lock.actions).flatMap(([action, entries]) =>
      catalogue.actions.has(action)
        ? entries.flatMap((entry) => entryProblem(entry, action, remote)).map((problem) => ({ action, problem }))
        : [{ action, problem: 'the lock has it, the catalogue does not' }],
    ),
  ];
  if (drift.length > 0 || plan.schemas.some(({ state }) => state === 'create')) return drift;
  return otherwise(lock, lockOf(source, plan));
}

function missingEntries(plan: SchemaPlan, lock: AuditSchemaLock): LockDrift[] {
  return plan.schemas.flatMap((planned) => {
    if (planned.state === 'create') return [];
    const { action, targets } = planned.schema;
    const entry = lock.actions[action]?.find(({ version }) => version === planned.version);
    if (entry) return [];
    return [{ action, problem: `the lock lacks version ${planned.version} (${listTypes(targets)})` }];
  });
}

function entryProblem(entry: AuditSchemaVersion, action: string, remote: SchemaInventory): string[] {
  const name = `the lock has version ${entry.version} (${entry.targets.join(', ')})`;
  const there = remote.of(action).find(({ version }) => version === entry.version);
  if (!there) return [`${name}, WorkOS does not`];
  if (
    !sameTypes(
      entry.targets,
      there.targets.map(({ type }) => type),
    )
  )
    return [`${name}, at WorkOS it has the target types ${listTypes(there.targets)}`];
  return entry.digest === undefined || entry.digest === there.digest ? [] : [`${name}, at WorkOS its metadata differs`];
}

function otherwise(lock: AuditSchemaLock, wanted: AuditSchemaLock): LockDrift[] {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const drift = Object.entries(wanted.actions).flatMap(([action, entries]) =>
    same(entries, lock.actions[action]) ? [] : [{ action, problem: 'its part of the lock is not as a push writes it' }],
  );
  if (drift.length > 0) return drift;
  if (!same(lock.catalogue, wanted.catalogue)) return [{ problem: 'the lock was made from another catalogue' }];
  return same(lock, wanted) ? [] : [{ problem: 'the lock is not as a push writes it' }];
}

function listTypes(targets: readonly { readonly type: string }[]): string {
  return targets.map(({ type }) => type).join(', ');
}
