import type { AuditGroup } from '../actor/principal.js';
import type { Deadline, DirectoryApi, DirectoryUser, UserFilter } from './directory.api.js';
import { Recent } from './recent.js';

/** By what somebody is looked for in the directories of their organization. */
export interface LookupKeys {
  readonly organizationId: string;
  readonly idpId?: string;
  readonly email?: string;
}

/** Somebody whom a directory knows. */
export interface Found {
  readonly userId: string;
  readonly groups: readonly AuditGroup[];
}

/** Why a directory knows nobody: there is none, or it has no such user. */
export type NotFound = 'no directory' | 'no user';

/**
 * Finds somebody by `idp_id` and, where no directory has that, by e-mail: the two ids are equal where one product does both
 * SSO and SCIM, as Okta; where not, the e-mail is what both know. Three requests, however large the directory is.
 */
export class DirectoryLookup {
  readonly #directories: Recent<string, { readonly ids: Promise<string[]>; readonly until: number }>;

  constructor(
    private readonly api: DirectoryApi,
    private readonly options: { readonly ttlMs: number; readonly maxEntries: number },
  ) {
    this.#directories = new Recent(options.maxEntries);
  }

  /** @throws Error with the reason if WorkOS gives no answer in time */
  async find(keys: LookupKeys, deadline: Deadline): Promise<Found | NotFound> {
    const directories = await this.#directoriesOf(keys.organizationId, deadline);
    if (directories.length === 0) return 'no directory';
    const { idpId, email } = keys;
    const user =
      (idpId && (await this.#findIn(directories, { idp_id: idpId }, (one) => one.idpId === idpId, deadline))) ||
      (email && (await this.#findIn(directories, { email }, (one) => sameEmail(one.email, email), deadline)));
    return user ? { userId: user.id, groups: await this.api.groupsOf(user.id, deadline) } : 'no user';
  }

  /** An organization has connected or lost a directory. */
  forget(organizationId?: string): void {
    if (organizationId === undefined) this.#directories.clear();
    else this.#directories.delete(organizationId);
  }

  async #findIn(
    directories: readonly string[],
    filter: UserFilter,
    is: (user: DirectoryUser) => boolean,
    deadline: Deadline,
  ): Promise<DirectoryUser | undefined> {
    for (const directory of directories) {
      const users = (await this.api.usersOf(directory, filter, deadline)).filter(is);
      // Somebody who came back may be there twice, once of old.
      const user = users.find(({ active }) => active) ?? users[0];
      if (user) return user;
    }
    return undefined;
  }

  /** Those who sign in at the same time share the answer. */
  #directoriesOf(organizationId: string, deadline: Deadline): Promise<string[]> {
    const known = this.#directories.get(organizationId);
    if (known && performance.now() < known.until) return known.ids;
    const ids = this.api.directoriesOf(organizationId, deadline);
    const entry = { ids, until: performance.now() + this.options.ttlMs };
    this.#directories.set(organizationId, entry);
    ids.catch(() => {
      if (this.#directories.get(organizationId) === entry) this.#directories.delete(organizationId);
    });
    return ids;
  }
}

/** E-mail addresses are compared without regard to case, as identity providers do. */
export function sameEmail(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase();
}
