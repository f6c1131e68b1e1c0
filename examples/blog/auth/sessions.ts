import type { Request, Response } from 'express';
import type { SignedInRequest } from './session.js';

/** What `SsoGuard` puts on a request. */
export type SignedIn = Pick<SignedInRequest, 'user' | 'csrfToken'>;

/** Who is signed in: by SSO and a cookie of the blog's own (`SsoSessions`), or by AuthKit (`AuthKitSessions`). */
export abstract class Sessions {
  /** Nothing for whoever is not signed in. May renew the cookie. */
  abstract find(request: Request, response: Response): Promise<SignedIn | undefined>;
}
