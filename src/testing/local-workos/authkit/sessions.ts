import { Expiring } from '../http/expiring.js';
import { newId, newSecret } from '../ids.js';
import { challengeOf } from '../sso/grants.js';

/** A member of one's own team who has taken over a session. */
export interface Impersonator {
  readonly email: string;
  readonly reason: string | null;
}

/** An AuthKit session: somebody in an organization. */
export interface AuthKitSession {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly method: 'SSO' | 'Password' | 'Impersonation';
  readonly impersonator?: Impersonator;
}

/** What a code stands for. */
export type AuthKitGrant = Omit<AuthKitSession, 'id'> & { readonly codeChallenge?: string };

/** Ten minutes, in milliseconds. */
const CODE_LIFETIME_MS = 10 * 60 * 1000;
/** Thirty days, in milliseconds. */
const TOKEN_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
/** A refresh token that is used again so soon is one of two requests at the same time. [WorkOS docs, session-resilience] */
const REPLAY_GRACE_MS = 30_000;

interface RefreshToken {
  readonly session: AuthKitSession;
  /** Once it is used. */
  successor?: { readonly token: string; readonly at: number };
}

/** The AuthKit sessions that are open, with their codes and refresh tokens. */
export class AuthKitSessions {
  readonly #codes = new Expiring<AuthKitGrant>(CODE_LIFETIME_MS);
  readonly #tokens = new Expiring<RefreshToken>(TOKEN_LIFETIME_MS);
  readonly #open = new Map<string, AuthKitSession>();

  /** The sessions that are open, oldest first. */
  get all(): readonly AuthKitSession[] {
    return [...this.#open.values()];
  }

  /** A code that {@link redeem} takes once, within ten minutes. */
  issueCode(grant: AuthKitGrant): string {
    const code = newSecret();
    this.#codes.put(code, grant);
    return code;
  }

  /** Opens the session of a code; undefined if it is unknown, used or old, or if the PKCE verifier is not the right one. */
  redeem(code: string, verifier: string | undefined): { session: AuthKitSession; refreshToken: string } | undefined {
    const grant = this.#codes.take(code);
    if (grant === undefined || challengeOf(verifier) !== grant.codeChallenge) return undefined;
    const { codeChallenge: _challenge, ...rest } = grant;
    const session = { id: newId('session'), ...rest };
    this.#open.set(session.id, session);
    return { session, refreshToken: this.#issueToken(session) };
  }

  /** Rotates a refresh token: it works once, and again for a moment; undefined if it does not. */
  refresh(token: string): { session: AuthKitSession; refreshToken: string } | undefined {
    const found = this.#tokens.get(token);
    if (found === undefined || !this.#open.has(found.session.id)) return undefined;
    const { session } = found;
    found.successor ??= { token: this.#issueToken(session), at: Date.now() };
    if (Date.now() > found.successor.at + REPLAY_GRACE_MS) return undefined;
    return { session, refreshToken: found.successor.token };
  }

  end(sessionId: string): void {
    this.#open.delete(sessionId);
  }

  #issueToken(session: AuthKitSession): string {
    const token = newSecret();
    this.#tokens.put(token, { session });
    return token;
  }
}
