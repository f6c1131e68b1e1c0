import { createHash } from 'node:crypto';
import type { Person } from '../directory/directories.js';
import { Expiring } from '../http/expiring.js';
import { newSecret } from '../ids.js';
import type { Connection } from '../organizations/organizations.js';

/** Who signed in, through which connection, and the PKCE challenge of the request that asked for it. */
export interface Grant {
  readonly person: Person;
  readonly connection: Connection;
  readonly codeChallenge?: string;
}

/** Ten minutes, in milliseconds: the life of a code and of an access token. [WorkOS docs, reference/sso] */
const LIFETIME_MS = 10 * 60 * 1000;

/** The authorization codes and access tokens that are out. */
export class Grants {
  readonly #codes = new Expiring<Grant>(LIFETIME_MS);
  readonly #tokens = new Expiring<Grant>(LIFETIME_MS);

  /** A code that {@link redeem} takes once, within ten minutes. */
  issueCode(grant: Grant): string {
    const code = newSecret();
    this.#codes.put(code, grant);
    return code;
  }

  /** The grant of a code; undefined if it is unknown, used or old, or if the PKCE verifier is not the right one. */
  redeem(code: string, verifier: string | undefined): Grant | undefined {
    const grant = this.#codes.take(code);
    return grant !== undefined && challengeOf(verifier) === grant.codeChallenge ? grant : undefined;
  }

  issueToken(grant: Grant): string {
    const token = newSecret();
    this.#tokens.put(token, grant);
    return token;
  }

  byToken(token: string): Grant | undefined {
    return this.#tokens.get(token);
  }
}

/** The S256 challenge of a verifier. [RFC 7636, section 4.2] */
export function challengeOf(verifier: string | undefined): string | undefined {
  return verifier === undefined ? undefined : createHash('sha256').update(verifier).digest('base64url');
}
