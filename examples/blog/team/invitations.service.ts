import { Injectable } from '@nestjs/common';
import { AuditService } from 'nestjs-workos-audit';
import type { Identity } from '../auth/session.js';
import type { Person } from './directory.page.js';
import { InvitationsRepository } from './invitations.repository.js';

@Injectable()
export class InvitationsService {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * False if they had been invited before. Recorded by hand, because only this method knows whether the invitation is a new
   * one. Who acts is known: it is whoever made the request that this runs in.
   */
  async invite(by: Identity, person: Person): Promise<boolean> {
    if (!this.invitations.add(by, person)) return false;
    await this.audit.record('user.invite', {
      targets: { user: { id: person.id, name: person.name } },
      metadata: { invited_email: person.email },
    });
    return true;
  }
}
