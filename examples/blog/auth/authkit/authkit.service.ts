import { Inject, Injectable, Logger } from '@nestjs/common';
import { WorkOS } from '@workos-inc/node';
import { BLOG_CONFIG, type BlogConfig } from '../../core/blog.config.js';
import { messageOf } from '../../core/workos.js';
import type { SignInAttempt } from '../../web/cookies.js';
import { field } from '../../web/form.js';
import { FriendlyException } from '../../web/page.exception.js';
import { OrganizationsService } from '../organizations.service.js';

/** An open session, as AuthKit tells it. */
export interface AuthKitSession {
  readonly sessionId: string;
  readonly organizationId?: string;
  readonly role?: string;
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly firstName: string | null;
    readonly lastName: string | null;
  };
  readonly impersonator?: { readonly email: string; readonly reason: string | null };
  /** Present if the session was refreshed: it must go into the cookie. */
  readonly sealedSession?: string;
}

const AGAIN = 'Go to the blog and sign in again.';

/** Signing in by AuthKit, with `state` and PKCE, and the sealed sessions of the SDK. */
@Injectable()
export class AuthKitService {
  readonly #logger = new Logger('AuthKitService');
  /** Refreshes under way: requests of one page come together, and a refresh token works once. */
  readonly #refreshing = new Map<string, Promise<AuthKitSession | undefined>>();

  constructor(
    private readonly workos: WorkOS,
    private readonly organizations: OrganizationsService,
    @Inject(BLOG_CONFIG) private readonly config: BlogConfig,
  ) {}

  /**
   * Where to send the browser, and what it must bring back. Without an e-mail AuthKit asks for one itself: so begin sign-ins
   * that WorkOS starts, such as an impersonation from its Dashboard. `undefined` if nobody owns the domain.
   */
  async start(email: string): Promise<{ url: string; attempt: SignInAttempt } | undefined> {
    const organization =
      email === ''
        ? undefined
        : await this.organizations.ofEmail(email).catch((error: unknown) => this.#unavailable(error));
    if (email !== '' && organization === undefined) return undefined;
    const { url, state, codeVerifier } = await this.workos.userManagement.getAuthorizationUrlWithPKCE({
      provider: 'authkit',
      clientId: this.config.workos.clientId,
      redirectUri: new URL('/auth/callback', this.config.baseUrl).href,
      ...(organization && { organizationId: organization.id, loginHint: email }),
    });
    return { url, attempt: { state, codeVerifier } };
  }

  /** The session that a callback opens. @throws FriendlyException for whatever can go wrong */
  async finish({ codeVerifier }: SignInAttempt, query: unknown): Promise<AuthKitSession> {
    if (field(query, 'error') !== '') {
      this.#logger.warn(`A sign-in was refused: ${field(query, 'error')} ${field(query, 'error_description')}`);
      throw new FriendlyException(403, 'You were not signed in', `Your identity provider refused it. ${AGAIN}`);
    }
    const code = field(query, 'code');
    if (code === '') throw new FriendlyException(400, 'This sign-in is incomplete', AGAIN);
    const session = { sealSession: true, cookiePassword: this.config.cookiePassword };
    const { sealedSession } = await this.workos.userManagement
      .authenticateWithCode({ code, codeVerifier, session })
      .catch((error: unknown) => this.#codeRefused(error));
    const opened = sealedSession === undefined ? undefined : await this.open(sealedSession);
    if (!opened?.organizationId) {
      throw new FriendlyException(
        403,
        'You cannot sign in here',
        'Your account belongs to no organization of this blog.',
      );
    }
    return { sealedSession, ...opened };
  }

  /**
   * The session of a cookie, refreshed if its access token is too old; `undefined` if it is over, or none at all.
   * @throws FriendlyException if WorkOS must be asked and does not answer
   */
  async open(sealedSession: string): Promise<AuthKitSession | undefined> {
    const { cookiePassword } = this.config;
    const { userManagement } = this.workos;
    const sealed = { sessionData: sealedSession, cookiePassword };
    // Whoever comes with something else is a stranger; only after that can an error mean that WorkOS is away.
    const holds = await userManagement.getSessionFromCookie(sealed).catch(() => undefined);
    if (!holds) return undefined;
    const session = userManagement.loadSealedSession(sealed);
    const found = await session.authenticate().catch((error: unknown) => this.#unlessKeyIsOld(error));
    if (found.authenticated) return found;
    if (found.reason !== 'invalid_jwt') return undefined;
    const refreshing = this.#refreshing.get(sealedSession) ?? this.#refresh(session);
    this.#refreshing.set(sealedSession, refreshing);
    return refreshing.finally(() => this.#refreshing.delete(sealedSession));
  }

  /** Where the browser ends the session at WorkOS, and comes back from. */
  logoutUrl(sessionId: string): string {
    return this.workos.userManagement.getLogoutUrl({ sessionId, returnTo: new URL('/', this.config.baseUrl).href });
  }

  async #refresh(
    session: ReturnType<WorkOS['userManagement']['loadSealedSession']>,
  ): Promise<AuthKitSession | undefined> {
    const refreshed = await session.refresh().catch((error: unknown) => this.#unavailable(error));
    if (refreshed.authenticated) return refreshed;
    // A session must not end because WorkOS was away for a moment.
    return refreshed.retryable ? this.#unavailable(refreshed.error) : undefined;
  }

  /** WorkOS has changed its key since: a new token is signed with the new one. */
  #unlessKeyIsOld(error: unknown): { authenticated: false; reason: 'invalid_jwt' } {
    if ((error as { code?: unknown }).code !== 'ERR_JWKS_NO_MATCHING_KEY') this.#unavailable(error);
    return { authenticated: false, reason: 'invalid_jwt' };
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
