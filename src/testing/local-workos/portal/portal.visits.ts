import { Expiring } from '../http/expiring.js';
import { newSecret } from '../ids.js';

/** What a link opens. */
export interface PortalVisit {
  readonly organizationId: string;
  readonly intent: string;
  readonly returnUrl?: string;
  readonly successUrl?: string;
}

/** How long a link works, once. [WorkOS docs, admin-portal] */
const LINK_MS = 5 * 60 * 1000;
/** How long somebody may stay, once inside. */
const VISIT_MS = 60 * 60 * 1000;

/** The links to the portal, and those who have come in by one. */
export class PortalVisits {
  readonly #links = new Expiring<PortalVisit>(LINK_MS);
  readonly #visits = new Expiring<PortalVisit>(VISIT_MS);

  /** A new link's token. */
  invite(visit: PortalVisit): string {
    const token = newSecret();
    this.#links.put(token, visit);
    return token;
  }

  /** Spends a link. @returns the key of the visit; `undefined` for a link that was used, is too old, or never was */
  enter(token: string): string | undefined {
    const visit = this.#links.take(token);
    if (visit === undefined) return undefined;
    const key = newSecret();
    this.#visits.put(key, visit);
    return key;
  }

  find(key: string): PortalVisit | undefined {
    return this.#visits.get(key);
  }
}
