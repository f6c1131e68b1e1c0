import type { AnyExpectation } from './expectation.js';
import { isAsymmetric, isFields, show } from './show.js';
import type { AuditTrailEvent } from './trail.js';

/** One field in which an event is not what was expected, in words. */
export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly recorded: string;
}

type Entity = AuditTrailEvent['targets'][number];

/** Everything in which an event is not what was expected; nothing, if it is. */
export function differencesOf(event: AuditTrailEvent, action: string, expectation: AnyExpectation): Difference[] {
  const { targets = {}, actor, times: _times, ...fields } = expectation;
  return [
    ...compare('action', action, event.action),
    ...Object.entries(targets).flatMap(([type, expected]) => compareTargets(type, expected, event.targets)),
    ...(actor === undefined ? [] : compareEntity('actor', actor, event.actor)),
    ...Object.entries(fields).flatMap(([field, expected]) =>
      expected === undefined ? [] : compare(field, expected, event[field as keyof AuditTrailEvent]),
    ),
  ];
}

function compare(field: string, expected: unknown, recorded: unknown): Difference[] {
  if (isFields(expected)) {
    const fields = (recorded ?? {}) as Readonly<Record<string, unknown>>;
    return Object.entries(expected).flatMap(([key, value]) => compare(`${field}.${key}`, value, fields[key]));
  }
  return equals(expected, recorded) ? [] : [{ field, expected: show(expected), recorded: show(recorded) }];
}

/** Values of an event are texts, numbers and booleans. */
function equals(expected: unknown, recorded: unknown): boolean {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(recorded);
  if (expected instanceof RegExp) return typeof recorded === 'string' && recorded.search(expected) !== -1;
  return Object.is(expected instanceof Date ? expected.toISOString() : expected, recorded);
}

function compareEntity(field: string, expected: unknown, entity: Entity): Difference[] {
  if (isFields(expected)) return compare(field, { ...expected, ...('id' in expected && idOf(expected.id)) }, entity);
  // Such as `expect.any(String)` for the id, and `expect.objectContaining({ … })` for all of it.
  if (isAsymmetric(expected) && expected.asymmetricMatch(entity)) return [];
  return compare(field, idOf(expected).id, entity.id);
}

/** Ids of targets may be given as numbers, and are texts in the event. */
function idOf(id: unknown): { id: unknown } {
  return { id: typeof id === 'number' || typeof id === 'bigint' ? String(id) : id };
}

function compareTargets(type: string, expected: unknown, targets: readonly Entity[]): Difference[] {
  const candidates = targets.filter((target) => target.type === type);
  const field = `targets.${type}`;
  const is = (one: unknown, target: Entity): boolean => compareEntity(field, one, target).length === 0;
  if (Array.isArray(expected)) {
    if (expected.length === candidates.length && pairs(expected, candidates, is)) return [];
  } else {
    const [only, ...others] = candidates;
    if (only && others.length === 0) return compareEntity(field, expected, only);
    if (candidates.some((target) => is(expected, target))) return [];
  }
  const byId = !(Array.isArray(expected) ? expected : [expected]).some(isFields);
  const recorded = candidates.map(({ type: _type, ...target }) => show(byId ? target.id : target)).join(', ');
  return [{ field, expected: show(expected), recorded: recorded || 'none' }];
}

/** Whether each expected one can have a target of its own; patterns may fit several. */
function pairs(
  expected: readonly unknown[],
  targets: readonly Entity[],
  is: (one: unknown, target: Entity) => boolean,
): boolean {
  const [first, ...others] = expected;
  if (expected.length === 0) return true;
  return targets.some((target, index) => is(first, target) && pairs(others, targets.toSpliced(index, 1), is));
}
