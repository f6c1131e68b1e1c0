import type { AuditGroup } from '../actor/principal.js';
import { inOrder } from './directory.api.js';
import { type LookupKeys, sameEmail } from './directory.lookup.js';
import type { DirectoryChange, WebhookUser } from './directory.webhook.js';
import { Recent } from './recent.js';

/** What is remembered of somebody. */
export interface Membership {
  readonly keys: LookupKeys;
  /** Their id in the directory; absent for those whom no directory knows. */
  readonly userId?: string;
  /** Their groups in the directory; absent for those whom no directory knows, or not yet. */
  readonly groups?: readonly AuditGroup[];
  /** When the lookup began that gave them, milliseconds since 1970: the directory may have changed since. */
  readonly asOf: number;
  /** Until when they are believed, monotonic milliseconds. */
  readonly freshUntil: number;
  /** What webhooks said since: by group, when it happened. */
  readonly changes?: ReadonlyMap<string, number>;
}

/** Who is in which groups, as far as it is remembered; and what webhooks change in it. */
export class Memberships {
  readonly #entries: Recent<string, Membership>;

  constructor(maxEntries: number) {
    this.#entries = new Recent(maxEntries);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(keys: LookupKeys): Membership | undefined {
    return this.#entries.get(keyOf(keys));
  }

  set(membership: Membership): void {
    this.#entries.set(keyOf(membership.keys), membership);
  }

  delete(keys: LookupKeys): void {
    this.#entries.delete(keyOf(keys));
  }

  clear(): void {
    this.#entries.clear();
  }

  apply(change: DirectoryChange): void {
    for (const [key, entry] of this.#entries) {
      const changed = changedBy(change, entry);
      if (changed === entry) continue;
      if (changed) this.#entries.replace(key, changed);
      else this.#entries.delete(key);
    }
  }
}

/** One text for one person, however their e-mail is written. */
export function keyOf({ organizationId, idpId, email }: LookupKeys): string {
  return JSON.stringify([organizationId, idpId, email?.toLowerCase()]);
}

/** Whether a change may concern the one who is looked for by these keys. */
export function concerns(change: DirectoryChange, keys: LookupKeys): boolean {
  if ('user' in change) return isAbout(change.user, keys);
  return change.organizationId === undefined || change.organizationId === keys.organizationId;
}

function isAbout(user: WebhookUser, keys: LookupKeys): boolean {
  if (user.organizationId !== undefined && user.organizationId !== keys.organizationId) return false;
  return (user.idpId !== undefined && user.idpId === keys.idpId) || sameEmail(user.email, keys.email);
}

/** The entry after a change: the same one, if it is none of its business; `undefined`, if it is to be looked up anew. */
function changedBy(change: DirectoryChange, entry: Membership): Membership | undefined {
  if (change.kind === 'organization') {
    return change.organizationId === entry.keys.organizationId ? undefined : entry;
  }
  if (!('user' in change)) {
    const inIt = entry.groups?.some(({ id }) => id === change.group.id) ?? false;
    return inIt ? patched(change, entry) : entry;
  }
  // Also one who comes back under a new id.
  if (change.user.id !== entry.userId && !isAbout(change.user, entry.keys)) return entry;
  if (change.kind === 'user gone') return undefined;
  if (!('group' in change) || change.user.id !== entry.userId) return outdated(entry);
  return patched(change, entry);
}

/**
 * Webhooks may come late, twice, or in another order than things happened. One that is newer than all that is known of
 * the group is believed; any other makes the entry old, so that the directory is asked.
 */
function patched(change: Extract<DirectoryChange, { at: number }>, entry: Membership): Membership {
  const { group, at, kind } = change;
  if (!(at > (entry.changes?.get(group.id) ?? entry.asOf))) return outdated(entry);
  const others = (entry.groups ?? []).filter(({ id }) => id !== group.id);
  const groups =
    kind === 'group renamed'
      ? (entry.groups ?? []).map((one) => (one.id === group.id ? group : one))
      : kind === 'joined'
        ? [...others, group]
        : others;
  return { ...entry, groups: inOrder(groups), changes: new Map(entry.changes).set(group.id, at) };
}

/** To be looked up at the next question; until that succeeds, it serves. */
function outdated(entry: Membership): Membership {
  return { ...entry, freshUntil: -Infinity };
}
