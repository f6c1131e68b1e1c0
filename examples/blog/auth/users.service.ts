import { Injectable } from '@nestjs/common';
import { type AuditGroup, DirectoryGroupsService, type DirectoryProfile } from 'nestjs-workos-audit';
import { MembershipsRepository } from './memberships.repository.js';
import { OrganizationsRepository } from './organizations.repository.js';
import type { Group, Identity, SignedInUser } from './session.js';

/**
 * Whom the blog knows somebody as: with the name of their organization and their teams, the groups of the customer's directory.
 * These are asked for at each request, since they change while somebody is signed in, and answered from memory, which webhooks
 * keep right. Where no directory answers, they are those of the profile.
 */
@Injectable()
export class UsersService {
  constructor(
    private readonly groups: DirectoryGroupsService,
    private readonly memberships: MembershipsRepository,
    private readonly organizations: OrganizationsRepository,
  ) {}

  async of(identity: Identity): Promise<SignedInUser> {
    const stored = this.memberships.groupsOf(identity.id);
    return this.#user(identity, await this.groups.groupsOf({ ...identity, groups: stored }));
  }

  /** At login, from the directory itself. */
  async atLogin(identity: Identity, profile: DirectoryProfile = identity): Promise<SignedInUser> {
    const ofProfile = (profile.groups ?? []).map((group) => (typeof group === 'string' ? { id: group } : group));
    this.memberships.replace(identity.id, ofProfile.map(named));
    return this.#user(identity, await this.groups.refresh(profile));
  }

  #user(identity: Identity, groups: readonly AuditGroup[]): SignedInUser {
    const organizationName = this.organizations.nameOf(identity.organizationId);
    return { ...identity, organizationName, groups: groups.map(named) };
  }
}

function named({ id, name = id }: AuditGroup): Group {
  return { id, name };
}
