import type { AuditPrincipal } from '../actor/principal.js';
import type { AuditAction, AuditCatalogue, AuditMetadataSchema } from '../catalogue/define.js';
import type { AuditMetadata, AuditMetadataInput, AuditTarget } from './event.js';
import type { Note } from './metadata.js';
import { distinctTargets, toTargets, UNKNOWN_TARGET_ID } from './targets.js';

/** The target types that fill themselves in an application without a catalogue. */
const DEFAULT_TYPES = { actorTarget: 'user', groupTarget: 'team' } as const;

/** Metadata within the limits and as its schema wants it. */
export type MetadataOf = (
  place: string,
  input: AuditMetadataInput | undefined,
  schema?: AuditMetadataSchema,
) => AuditMetadata;

/**
 * All targets of an event: those that fill themselves, and those that were given. With a catalogue their types are just
 * those of the action, since WorkOS refuses an event whose set of target types is another.
 */
export function eventTargets(
  { principal, targets: given }: { principal: AuditPrincipal; targets: Readonly<Record<string, unknown>> },
  definition: AuditAction | undefined,
  catalogue: Pick<AuditCatalogue, 'actorTarget' | 'groupTarget'> | undefined,
  metadataOf: MetadataOf,
  note: Note,
): AuditTarget[] {
  const declared = definition && new Map(definition.targets.map((one) => [one.type, one]));
  const filled = filledTargets(principal, catalogue ?? DEFAULT_TYPES).filter(([type]) => declared?.has(type) ?? true);
  const targets = [...filled, ...Object.entries(given)].flatMap(([type, input]) => {
    if (declared && !declared.has(type)) {
      note(`target '${type}' is not a target type of the action in the catalogue and was left out`);
      return [];
    }
    const schema = declared?.get(type)?.metadata;
    return toTargets(type, input, (metadata) => metadataOf(`metadata of target '${type}'`, metadata, schema), note);
  });
  const required =
    definition?.targets.filter(({ optional }) => !optional).map(({ type }) => type) ?? Object.keys(given);
  for (const type of required) {
    if (targets.some((target) => target.type === type)) continue;
    note(`there is no target '${type}'; its id is recorded as '${UNKNOWN_TARGET_ID}'`);
    targets.push({ type, id: UNKNOWN_TARGET_ID, metadata: {} });
  }
  return distinctTargets(targets);
}

function filledTargets(
  { actor, groups = [] }: AuditPrincipal,
  { actorTarget, groupTarget }: Pick<AuditCatalogue, 'actorTarget' | 'groupTarget'>,
): [string, unknown][] {
  const self: [string, unknown][] = actorTarget === false ? [] : [[actorTarget, { id: actor.id, name: actor.name }]];
  return groupTarget === false ? self : [...self, ...groups.map((group): [string, unknown] => [groupTarget, group])];
}
