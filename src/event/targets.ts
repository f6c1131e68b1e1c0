import type { AuditMetadataSchema } from '../catalogue/define.js';
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

/** Metadata within the limits and as its schema wants it. */
export type MetadataOf = (
  place: string,
  input: AuditMetadataInput | undefined,
  schema?: AuditMetadataSchema,
) => AuditMetadata;

/** What an event's targets are made with. */
export interface TargetRules {
  readonly metadataOf: MetadataOf;
  readonly note: Note;
}

/** A target type, and the metadata that the catalogue wants of it. */
export interface TargetType {
  readonly type: string;
  readonly metadata?: AuditMetadataSchema;
}

/**
 * Adds to `targets` what an application or its resolver gave for a type, as it is stored; what is no target is told to
 * `note`.
 */
export function addTargets(targets: AuditTarget[], type: TargetType, input: unknown, rules: TargetRules): void {
  if (input === null || input === undefined) return;
  if (Array.isArray(input)) for (const value of input as unknown[]) addTarget(targets, type, value, rules);
  else addTarget(targets, type, input, rules);
}

function addTarget(
  targets: AuditTarget[],
  { type, metadata: schema }: TargetType,
  input: unknown,
  { metadataOf, note }: TargetRules,
): void {
  const { id, name, metadata } =
    typeof input === 'object' && input !== null
      ? (input as { id?: unknown; name?: unknown; metadata?: AuditMetadataInput })
      : { id: input, name: undefined, metadata: undefined };
  const text = typeof id === 'number' || typeof id === 'bigint' ? String(id) : id;
  if (typeof text !== 'string' || text.trim() === '') {
    note(`target '${type}' is ${describeValue(input)}; expected an id, { id, name }, or an array of these`);
    return;
  }
  const fitType = fitText('a target type', type, note);
  const fitId = fitText('the id of target', text, note, type);
  const fitName = typeof name === 'string' && name !== '' ? fitText('the name of target', name, note, type) : undefined;
  // WorkOS demands the metadata of a target whose schema has some.
  const own = metadata === undefined ? {} : metadataOf(`metadata of target '${type}'`, metadata, schema);
  targets.push(
    fitName === undefined
      ? { type: fitType, id: fitId, metadata: own }
      : { type: fitType, id: fitId, name: fitName, metadata: own },
  );
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
