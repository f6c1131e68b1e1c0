import type { Group, Person } from './directories.js';
import { directoryUserJson, groupJson } from './directory.json.js';

/** A change of a directory, as its webhook tells it. */
export interface DirectoryChange {
  readonly event: string;
  readonly data: unknown;
}

/** What the webhooks of WorkOS say when a person changes: before, or after, there may be none. [WorkOS docs, events] */
export function changesOf(
  before: Person | undefined,
  after: Person | undefined,
  groupsOf: (person: Person) => readonly Group[],
): DirectoryChange[] {
  const [old, now] = [knownToDirectory(before), knownToDirectory(after)];
  // Somebody who comes back has a new id.
  if (old && now && old.id === now.id) return changed(old, now, groupsOf);
  return [
    ...(old ? [{ event: 'dsync.user.deleted', data: userJson(old) }] : []),
    ...(now ? [{ event: 'dsync.user.created', data: userJson(now) }, ...joined(now, groupsOf(now))] : []),
  ];
}

export function groupCreated(group: Group): DirectoryChange {
  return { event: 'dsync.group.created', data: groupJson(group) };
}

function changed(old: Person, now: Person, groupsOf: (person: Person) => readonly Group[]): DirectoryChange[] {
  const [was, is] = [groupsOf(old), groupsOf(now)];
  const previous = Object.entries(userJson(old)).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify((userJson(now) as Record<string, unknown>)[key]),
  );
  const updated = { ...userJson(now), previous_attributes: Object.fromEntries(previous) as object };
  return [
    ...(previous.length > 0 ? [{ event: 'dsync.user.updated', data: updated }] : []),
    ...joined(
      now,
      is.filter(({ id }) => !was.some((group) => group.id === id)),
    ),
    ...was
      .filter(({ id }) => !is.some((group) => group.id === id))
      .map((group) => ({ event: 'dsync.group.user_removed', data: membership(now, group) })),
  ];
}

function joined(person: Person, groups: readonly Group[]): DirectoryChange[] {
  return groups.map((group) => ({ event: 'dsync.group.user_added', data: membership(person, group) }));
}

function membership(person: Person, group: Group) {
  return { directory_id: group.directoryId, user: userJson(person), group: groupJson(group) };
}

/** Webhooks have the user without their groups. */
function userJson(person: Person) {
  const { groups: _groups, ...user } = directoryUserJson(person, []);
  return user;
}

function knownToDirectory(person: Person | undefined): Person | undefined {
  return person?.directoryId === undefined ? undefined : person;
}
