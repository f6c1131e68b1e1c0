import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Cookies } from '../web/cookies.js';
import { Sessions, type SignedIn } from './sessions.js';
import { UsersService } from './users.service.js';

/** Who has signed in by SSO: the session is a cookie of the blog's own. */
@Injectable()
export class SsoSessions extends Sessions {
  constructor(
    private readonly cookies: Cookies,
    private readonly users: UsersService,
  ) {
    super();
  }

  async find(request: Request, response: Response): Promise<SignedIn | undefined> {
    const { identity, csrfToken } = await this.cookies.session.read(request, response);
    if (!identity || !csrfToken) return undefined;
    return { user: await this.users.of(identity), csrfToken };
  }
}
