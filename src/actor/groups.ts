import type { AuditGroup } from './principal.js';
import { field, isRecord, items, text } from './reading.js';

/** Nobody is in more groups; a list that says so is a mistake, and no event could hold it. */
const MAX_GROUPS = 1_000;

/**
 * Groups as an event needs them, from `[{ id, name }]` or from a list of ids. What has no id is left out rather than
 * guessed, and so is what comes after the first 1,000.
 */
export function groupsOf(groups: unknown): AuditGroup[] {
  return items(groups, MAX_GROUPS).flatMap((group): AuditGroup[] => {
    const id = text(isRecord(group) ? field(group, 'id') : group);
    const name = text(field(group, 'name'));
    return id === undefined ? [] : [{ id, ...(name !== undefined && { name }) }];
  });
}
