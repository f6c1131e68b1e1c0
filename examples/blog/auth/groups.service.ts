import { Inject, Injectable, Logger } from '@nestjs/common';
import { type DirectoryUser, type Profile, WorkOS } from '@workos-inc/node';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { within } from '../core/within.js';
import { messageOf } from '../core/workos.js';
import type { Group } from './session.js';

/** What the groups are looked up by. */
export type ProfileKeys = Pick<Profile<Record<string, unknown>>, 'idpId' | 'email' | 'organizationId' | 'groups'>;

/** The largest page that WorkOS gives. */
const PAGE = 100;
/** A thousand groups; whoever is in more is a mistake of the directory. */
const MAX_PAGES = 10;

const FALLBACK = 'they sign in with the groups of the SSO profile, if it has any';

/**
 * The groups of somebody who signs in, from Directory Sync: their directory user by `idp_id`, else by e-mail, then the
 * groups of that user. Three requests, however large the directory is.
 *
 * Not from `user.groups`, which is empty for WorkOS teams made since May 2026, nor from `rawAttributes`, which are gone.
 */
@Injectable()
export class GroupsService {
  readonly #logger = new Logger('GroupsService');

  constructor(
    private readonly workos: WorkOS,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  /** Never rejects: whoever the identity provider vouched for gets in, Directory Sync or not. */
  async groupsOf(profile: ProfileKeys): Promise<readonly Group[]> {
    try {
      const groups = await within(this.config.directoryTimeoutMs ?? 3_000, this.#fromDirectory(profile));
      if (groups) return groups;
      this.#logger.warn(`No directory of ${profile.organizationId} has the user ${profile.idpId}; ${FALLBACK}`);
    } catch (error) {
      this.#logger.warn(`The groups of ${profile.idpId} could not be read: ${messageOf(error)}; ${FALLBACK}`);
    }
    // What the identity provider sends, if the customer maps it: names or ids, nobody knows which.
    return (profile.groups ?? []).map((group) => ({ id: group, name: group }));
  }

  async #fromDirectory(profile: ProfileKeys): Promise<Group[] | undefined> {
    const { data: directories } = await this.workos.directorySync.listDirectories({
      organizationId: profile.organizationId,
      limit: PAGE,
    });
    for (const { id: directory } of directories) {
      const user = await this.#find(directory, profile);
      if (user) return this.#groupsOfUser(user.id);
    }
    return undefined;
  }

  async #find(directory: string, { idpId, email }: ProfileKeys): Promise<DirectoryUser | undefined> {
    // The API's `idp_id` and `email` filters are not in the SDK's types, but it passes them on.
    const byIdpId = { directory, idp_id: idpId };
    const { data: same } = await this.workos.directorySync.listUsers(byIdpId);
    const found = same.find((user) => user.idpId === idpId);
    if (found || !email) return found;
    // The two ids are equal where one product does both, as Okta; where not, the e-mail is what both know.
    const byEmail = { directory, email };
    const { data: namesakes } = await this.workos.directorySync.listUsers(byEmail);
    return namesakes.find((user) => user.email?.toLowerCase() === email.toLowerCase());
  }

  async #groupsOfUser(user: string): Promise<Group[]> {
    const groups: Group[] = [];
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { data, listMetadata } = await this.workos.directorySync.listGroups({ user, limit: PAGE, after });
      groups.push(...data.map(({ id, name }) => ({ id, name })));
      after = listMetadata.after ?? undefined;
      if (after === undefined) break;
    }
    return groups;
  }
}
