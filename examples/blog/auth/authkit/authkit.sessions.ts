import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { BLOG_CONFIG, type BlogConfig } from '../../core/blog.config.js';
import type { Identity, SignedInUser } from '../session.js';
import { Sessions, type SignedIn } from '../sessions.js';
import { UsersService } from '../users.service.js';
import { AuthKitCookie } from './authkit.cookie.js';
import { type AuthKitSession, AuthKitService } from './authkit.service.js';

/** Who has signed in by AuthKit, and which session that is. */
export interface AuthKitSignedIn extends SignedIn {
  readonly sessionId: string;
}

/** Who has signed in by AuthKit: the session is the SDK's, sealed in a cookie. */
@Injectable()
export class AuthKitSessions extends Sessions {
  readonly #cookie: AuthKitCookie;

  constructor(
    private readonly authKit: AuthKitService,
    private readonly users: UsersService,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {
    super();
    this.#cookie = new AuthKitCookie(config.baseUrl.protocol === 'https:');
  }

  async find(request: Request, response: Response): Promise<AuthKitSignedIn | undefined> {
    const sealed = this.#cookie.read(request);
    if (sealed === undefined) return undefined;
    const session = await this.authKit.open(sealed);
    if (!session?.organizationId) {
      this.#cookie.clear(response);
      return undefined;
    }
    if (session.sealedSession !== undefined) this.#cookie.write(response, session.sealedSession);
    return this.#signedIn(session, await this.users.of(identityOf(session, session.organizationId)));
  }

  /** Puts a new session into the cookie. */
  async begin(response: Response, session: AuthKitSession): Promise<AuthKitSignedIn> {
    const user = await this.users.atLogin(identityOf(session, session.organizationId ?? ''));
    this.#cookie.write(response, session.sealedSession ?? '');
    return this.#signedIn(session, user);
  }

  end(response: Response): void {
    this.#cookie.clear(response);
  }

  #signedIn({ sessionId, impersonator }: AuthKitSession, user: SignedInUser): AuthKitSignedIn {
    // Nothing to store: whoever cannot read the session's id cannot make this either.
    const csrfToken = createHmac('sha256', this.config.cookiePassword).update(`csrf:${sessionId}`).digest('base64url');
    return { user: { ...user, ...(impersonator && { impersonator }) }, csrfToken, sessionId };
  }
}

function identityOf({ user, role }: AuthKitSession, organizationId: string): Identity {
  const { id, email, firstName, lastName } = user;
  const name = [firstName, lastName].filter(Boolean).join(' ') || email;
  return { id, email, name, organizationId, ...(role && { role }) };
}
