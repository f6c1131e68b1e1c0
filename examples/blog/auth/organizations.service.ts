import { Injectable } from '@nestjs/common';
import { type Organization, type OrganizationDomain, OrganizationDomainState, WorkOS } from '@workos-inc/node';
import { OrganizationsRepository } from './organizations.repository.js';

/** Finds out whose customer somebody is. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly workos: WorkOS,
    private readonly known: OrganizationsRepository,
  ) {}

  /** The organization that owns the domain of an e-mail, so that one blog serves many customers. Rejects with WorkOS. */
  async ofEmail(email: string): Promise<Organization | undefined> {
    const domain = /^[^@\s]+@([^@\s,]+)$/.exec(email)?.[1]?.toLowerCase();
    if (domain === undefined) return undefined;
    const { data } = await this.workos.organizations.listOrganizations({ domains: [domain] });
    // A domain that nobody has proven to own must not decide where people are sent.
    const proven = (one: OrganizationDomain): boolean =>
      one.domain === domain && one.state === OrganizationDomainState.Verified;
    const found = data.find(({ domains }) => domains.some(proven));
    if (found) this.known.remember(found);
    return found;
  }
}
