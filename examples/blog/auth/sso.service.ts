import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Profile, WorkOS } from '@workos-inc/node';
import { BLOG_CONFIG, type BlogConfig } from '../core/blog.config.js';
import { messageOf } from '../core/workos.js';
import type { SignInAttempt } from '../web/cookies.js';
import { field } from '../web/form.js';
import { FriendlyException } from '../web/page.exception.js';
import { OrganizationsService } from './organizations.service.js';
import { sameSecret } from './secrets.js';
import type { Identity } from './session.js';

/** What a sign-in gave: who it is, and by what to look up their groups. */
export interface SignIn {
  readonly identity: Identity;
  readonly profile: Profile<Record<string, unknown>>;
}

const AGAIN = 'Go to the blog and sign in again.';
/** Keeps the session cookie far below its 4 KB, whatever a profile holds. */
const MAX_NAME_LENGTH = 200;

/** Single sign-on by WorkOS, with `state` and PKCE. */
@Injectable()
export class SsoService {
  readonly #logger = new Logger('SsoService');

  constructor(
    private readonly workos: WorkOS,
    private readonly organizations: OrganizationsService,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  /**
   * Where to send the browser, and what it must bring back. The organization is found by the domain of the e-mail, so one
   * blog serves many customers; `undefined` if the domain is nobody's.
   */
  async start(email: string): Promise<{ url: string; attempt: SignInAttempt } | undefined> {
    const organization = await this.organizations.ofEmail(email).catch((error: unknown) => this.#unavailable(error));
    if (organization === undefined) return undefined;
    const { url, state, codeVerifier } = await this.workos.sso.getAuthorizationUrlWithPKCE({
      // The SDK's own clientId is not used here, and without one the URL would silently lack it.
      clientId: this.config.workos.clientId,
      redirectUri: new URL('/auth/callback', this.config.baseUrl).href,
      organization: organization.id,
      loginHint: email,
    });
    return { url, attempt: { state, codeVerifier } };
  }

  /** Whether a callback belongs to the sign-in that this browser started. */
  belongsTo(attempt: Partial<SignInAttempt>, query: unknown): attempt is SignInAttempt {
    return Boolean(attempt.state && attempt.codeVerifier) && sameSecret(field(query, 'state'), attempt.state ?? '');
  }

  /** @throws FriendlyException for whatever can go wrong */
  async finish({ codeVerifier }: SignInAttempt, query: unknown): Promise<SignIn> {
    if (field(query, 'error') !== '') throw this.#refused(field(query, 'error'), field(query, 'error_description'));
    const code = field(query, 'code');
    if (code === '') throw new FriendlyException(400, 'This sign-in is incomplete', AGAIN);
    const { clientId } = this.config.workos;
    const { profile } = await this.workos.sso
      .getProfileAndToken({ code, clientId, codeVerifier })
      .catch((error: unknown) => this.#codeRefused(error));
    if (!profile.organizationId) {
      throw new FriendlyException(
        403,
        'You cannot sign in here',
        'Your account belongs to no organization of this blog.',
      );
    }
    return { identity: identityOf(profile, profile.organizationId), profile };
  }

  #refused(error: string, description: string): FriendlyException {
    this.#logger.warn(`A sign-in was refused: ${error} ${description}`);
    return new FriendlyException(403, 'You were not signed in', `Your identity provider refused it. ${AGAIN}`);
  }

  #codeRefused(error: unknown): never {
    if ((error as { error?: unknown }).error !== 'invalid_grant') return this.#unavailable(error);
    throw new FriendlyException(400, 'This sign-in has been used or is too old', AGAIN);
  }

  #unavailable(error: unknown): never {
    this.#logger.error(`WorkOS could not be asked: ${messageOf(error)}`);
    throw new FriendlyException(503, 'Signing in is not possible right now', 'Please try again in a minute.');
  }
}

function identityOf(profile: Profile<Record<string, unknown>>, organizationId: string): Identity {
  const { id, idpId, email, name, firstName, lastName, role } = profile;
  const fullName = name || [firstName, lastName].filter(Boolean).join(' ') || email;
  return {
    id,
    idpId,
    email,
    name: fullName.slice(0, MAX_NAME_LENGTH),
    organizationId,
    ...(role && { role: role.slug }),
  };
}
