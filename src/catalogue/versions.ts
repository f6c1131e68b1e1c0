import type { AuditAction, AuditMetadataSchema } from './define.js';
import { sameTypes, schemaDigest } from './schema.digest.js';

/** One schema as WorkOS registers it: an action, and the exact set of target types of its events. */
export interface AuditSchema {
  readonly action: string;
  readonly targets: readonly { readonly type: string; readonly metadata?: AuditMetadataSchema }[];
  readonly metadata?: AuditMetadataSchema;
  readonly actor?: { readonly metadata: AuditMetadataSchema };
}

/** One schema version that WorkOS has, in the lock. */
export interface AuditSchemaVersion {
  readonly version: number;
  /** Its target types. */
  readonly targets: readonly string[];
  /** Of its content, metadata included; a lock written by hand may leave it out. */
  readonly digest?: string;
}

/** `workos-audit.lock.json`: which schema versions WorkOS has for each action, and the target types of each. */
export interface AuditSchemaLock {
  readonly lockfileVersion: number;
  /** The catalogue that it was made from: the file, seen from the lock's folder, and what was in it. */
  readonly catalogue?: { readonly events?: string; readonly digest?: string };
  readonly actions: Readonly<Record<string, readonly AuditSchemaVersion[]>>;
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

/**
 * The version of an event with exactly the target types `types`: the newest that has the content of the action's
 * definition or, without a definition or where the lock names no content, the newest with these types. Without a lock or a
 * match, none.
 */
export function versionFor(
  lock: AuditSchemaLock | undefined,
  action: string,
  types: Iterable<string>,
  definition?: AuditAction,
): number | undefined {
  const wanted = [...types];
  const entries = lock && Object.hasOwn(lock.actions, action) ? lock.actions[action] : undefined;
  const matches = (entries ?? []).filter(({ targets }) => sameTypes(targets, wanted));
  if (matches.length === 0) return undefined;
  const digest = matches.length > 1 && definition ? digestFor(definition, wanted) : undefined;
  const exact = digest === undefined ? [] : matches.filter((match) => match.digest === digest);
  return Math.max(...(exact.length > 0 ? exact : matches).map(({ version }) => version));
}

/** Sets of target types that are remembered of one action; with a catalogue there are a few at the most. */
const MAX_KNOWN = 64;

/** The versions of a lock, each looked up once: the events of an action have the same few sets of target types. */
export class SchemaVersions {
  readonly #known = new Map<string, { readonly types: readonly string[]; readonly version: number | undefined }[]>();

  constructor(private readonly lock: AuditSchemaLock) {}

  /** As {@link versionFor}. */
  of(action: string, types: readonly string[], definition?: AuditAction): number | undefined {
    const known = this.#known.get(action);
    const found = known?.find((one) => sameList(one.types, types));
    if (found) return found.version;
    const version = versionFor(this.lock, action, types, definition);
    // Without a catalogue there may be any number of actions; those of the lock are bounded.
    if (Object.hasOwn(this.lock.actions, action) && (known?.length ?? 0) < MAX_KNOWN) {
      this.#known.set(action, [...(known ?? []), { types, version }]);
    }
    return version;
  }
}

function sameList(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

/** Hashing is for once, not for every event. */
const digests = new WeakMap<AuditAction, { readonly types: string[]; readonly digest: string }[]>();

function digestFor(definition: AuditAction, types: string[]): string | undefined {
  const known =
    digests.get(definition) ??
    schemasOf(definition).map((schema) => ({
      types: schema.targets.map(({ type }) => type),
      digest: schemaDigest(schema),
    }));
  digests.set(definition, known);
  return known.find((one) => sameTypes(one.types, types))?.digest;
}
