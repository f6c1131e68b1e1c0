import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Response } from 'express';
import { Cookies } from '../web/cookies.js';
import { MembershipsRepository } from './memberships.repository.js';
import { OrganizationsRepository } from './organizations.repository.js';
import type { SignedInRequest } from './session.js';

/** Lets people in who are signed in, and puts them on `request.user`. */
@Injectable()
export class SsoGuard implements CanActivate {
  constructor(
    private readonly cookies: Cookies,
    private readonly memberships: MembershipsRepository,
    private readonly organizations: OrganizationsRepository,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<SignedInRequest>();
    const { identity, csrfToken } = await this.cookies.session.read(request, http.getResponse<Response>());
    if (!identity || !csrfToken) throw new UnauthorizedException();
    request.user = {
      ...identity,
      organizationName: this.organizations.nameOf(identity.organizationId),
      groups: this.memberships.groupsOf(identity.id),
    };
    request.csrfToken = csrfToken;
    return true;
  }
}
