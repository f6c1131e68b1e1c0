import type { AuditMetadata, AuditMetadataInput, AuditTarget } from './event.js';
import { fitText } from './limits.js';
import type { Note } from './metadata.js';
import { describeValue } from './text.js';

/** A target as an application gives it: its id, or the id with a name and metadata. */
export type AuditTargetInput =
  | string
  | number
  | { readonly id: string | number; readonly name?: string | null; readonly metadata?: AuditMetadataInput };

/** The targets of one type. */
export type AuditTargetInputs = AuditTargetInput | readonly AuditTargetInput[];

/** The id of a target that could not be found out: WorkOS refuses an event that lacks a type of its schema. */
export const UNKNOWN_TARGET_ID = 'unknown';

/** Targets as they are stored, from what an application or its resolver gave for `type`; what is no target is told to `note`. */
export function toTargets(
  type: string,
  input: unknown,
  metadataOf: (input: AuditMetadataInput | undefined) => AuditMetadata,
  note: Note,
): AuditTarget[] {
  if (input === null || input === undefined) return [];
  const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
  const targets: AuditTarget[] = [];
  for (const value of inputs) {
    const target = toTarget(type, value, metadataOf, note);
    if (target) targets.push(target);
  }
  return targets;
}

function toTarget(
  type: string,
  input: unknown,
  metadataOf: (input: AuditMetadataInput | undefined) => AuditMetadata,
  note: Note,
): AuditTarget | undefined {
  const { id, name, metadata } =
    typeof input === 'object' && input !== null
      ? (input as { id?: unknown; name?: unknown; metadata?: AuditMetadataInput })
      : { id: input };
  const text = typeof id === 'number' || typeof id === 'bigint' ? String(id) : id;
  if (typeof text !== 'string' || text.trim() === '') {
    note(`target '${type}' is ${describeValue(input)}; expected an id, { id, name }, or an array of these`);
    return undefined;
  }
  return {
    type: fitText('a target type', type, note),
    id: fitText('the id of target', text, note, type),
    ...(typeof name === 'string' && name !== '' && { name: fitText('the name of target', name, note, type) }),
    // WorkOS demands the metadata of a target whose schema has some.
    metadata: metadataOf(metadata),
  };
}

/** Each target once: an actor who is also named as a target is not there twice. The one that tells more is kept. */
export function distinctTargets(targets: AuditTarget[]): AuditTarget[] {
  if (targets.length <= FEW && areDistinct(targets)) return targets;
  const distinct = new Map<string, AuditTarget>();
  for (const target of targets) {
    const key = `${target.type}\0${target.id}`; // neither has a NUL
    const known = distinct.get(key);
    distinct.set(key, known ? merge(known, target) : target);
  }
  return [...distinct.values()];
}

/** Up to here comparing each with each is quicker than a map. */
const FEW = 16;

function areDistinct(targets: readonly AuditTarget[]): boolean {
  return targets.every(({ type, id }, index) => {
    for (let other = 0; other < index; other += 1) {
      if (targets[other]?.id === id && targets[other]?.type === type) return false;
    }
    return true;
  });
}

function merge(first: AuditTarget, second: AuditTarget): AuditTarget {
  const name = second.name ?? first.name;
  return { ...first, ...(name !== undefined && { name }), metadata: { ...first.metadata, ...second.metadata } };
}
