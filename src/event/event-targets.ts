import type { AuditPrincipal } from '../actor/principal.js';
import type { AuditAction, AuditCatalogue } from '../catalogue/define.js';
import type { AuditTarget } from './event.js';
import { addTargets, distinctTargets, type TargetRules, type TargetType, UNKNOWN_TARGET_ID } from './targets.js';

/** The target types that fill themselves in an application without a catalogue. */
const DEFAULT_TYPES = { actorTarget: 'user', groupTarget: 'team' } as const;

/**
 * All targets of an event: those that fill themselves, and those that were given. With a catalogue their types are just
 * those of the action, since WorkOS refuses an event whose set of target types is another.
 */
export function eventTargets(
  { principal, targets: given }: { principal: AuditPrincipal; targets: Readonly<Record<string, unknown>> },
  definition: AuditAction | undefined,
  catalogue: Pick<AuditCatalogue, 'actorTarget' | 'groupTarget'> | undefined,
  rules: TargetRules,
): AuditTarget[] {
  const { note } = rules;
  const targets: AuditTarget[] = [];
  const { actorTarget, groupTarget } = catalogue ?? DEFAULT_TYPES;
  const { actor, groups = [] } = principal;
  const self = actorTarget !== false && declaredTarget(definition, actorTarget);
  if (self) addTargets(targets, self, { id: actor.id, name: actor.name }, rules);
  const team = groupTarget !== false && declaredTarget(definition, groupTarget);
  if (team) for (const group of groups) addTargets(targets, team, group, rules);
  for (const type of Object.keys(given)) {
    const declared = declaredTarget(definition, type);
    if (declared) addTargets(targets, declared, given[type], rules);
    else note(`target '${type}' is not a target type of the action in the catalogue and was left out`);
  }
  for (const type of definition ? requiredTypes(definition) : Object.keys(given)) {
    if (targets.some((target) => target.type === type)) continue;
    note(`there is no target '${type}'; its id is recorded as '${UNKNOWN_TARGET_ID}'`);
    targets.push({ type, id: UNKNOWN_TARGET_ID, metadata: {} });
  }
  return distinctTargets(targets);
}

/** What the catalogue says of a target type; without a catalogue every type is one, and nothing is said of it. */
function declaredTarget(definition: AuditAction | undefined, type: string): TargetType | undefined {
  return definition ? definition.targets.find((target) => target.type === type) : { type };
}

/** Definitions never change, and live as long as the application. */
const required = new WeakMap<AuditAction, readonly string[]>();

function requiredTypes(definition: AuditAction): readonly string[] {
  const known = required.get(definition);
  if (known) return known;
  const types = definition.targets.filter(({ optional }) => !optional).map(({ type }) => type);
  required.set(definition, types);
  return types;
}
