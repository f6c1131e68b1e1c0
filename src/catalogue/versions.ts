import type { AuditAction, AuditMetadataSchema } from './define.js';

/** One schema as WorkOS registers it: an action, and the exact set of target types of its events. */
export interface AuditSchema {
  readonly action: string;
  readonly targets: readonly { readonly type: string; readonly metadata?: AuditMetadataSchema }[];
  readonly metadata?: AuditMetadataSchema;
  readonly actor?: { readonly metadata: AuditMetadataSchema };
}

/** `workos-audit.lock.json`: which schema versions WorkOS has for each action, and the target types of each. */
export interface AuditSchemaLock {
  readonly lockfileVersion: number;
  readonly actions: Readonly<
    Record<string, readonly { readonly version: number; readonly targets: readonly string[] }[]>
  >;
}

/**
 * The schemas that an action stands for: one for each combination of its optional target types, the one with all of them
 * first. The order is part of the contract: pushed in it to an empty environment, the first becomes version 1.
 */
export function schemasOf({ action, targets, metadata, actor }: AuditAction): AuditSchema[] {
  const free = targets.filter((target) => target.optional);
  return Array.from({ length: 2 ** free.length }, (_, combination) => {
    const missing = new Set(free.filter((_target, bit) => combination & (1 << bit)));
    const kept = targets.filter((target) => !missing.has(target));
    return {
      action,
      targets: kept.map(({ type, metadata: own }) => (own === undefined ? { type } : { type, metadata: own })),
      ...(metadata && { metadata }),
      ...(actor && { actor }),
    };
  });
}

/** The newest version whose target types are exactly `types`. Without a lock, or without a match, none. */
export function versionFor(
  lock: AuditSchemaLock | undefined,
  action: string,
  types: Iterable<string>,
): number | undefined {
  const wanted = new Set(types);
  const matches = (lock?.actions[action] ?? []).filter(
    ({ targets }) => new Set(targets).size === wanted.size && targets.every((type) => wanted.has(type)),
  );
  return matches.length === 0 ? undefined : Math.max(...matches.map(({ version }) => version));
}
