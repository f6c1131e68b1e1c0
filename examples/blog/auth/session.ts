import type { Request } from 'express';

/** A group of the customer's directory: a team, in this blog. */
export interface Group {
  readonly id: string;
  readonly name: string;
}

/** Who somebody is, as the identity provider said at login. */
export interface Identity {
  /** The SSO profile's id: unlike `idpId` unique over all connections. */
  readonly id: string;
  /** Their id at the identity provider; AuthKit does not tell it. */
  readonly idpId?: string;
  readonly email: string;
  readonly name: string;
  readonly organizationId: string;
  /** The slug of the role that WorkOS gives them in the organization, if any. */
  readonly role?: string;
}

/** What `SsoGuard` puts on `request.user`, and where the audit module finds who acts. */
export interface SignedInUser extends Identity {
  readonly organizationName: string;
  readonly groups: readonly Group[];
  /** Who of WorkOS's team of this blog acts for them; AuthKit only. */
  readonly impersonator?: { readonly email: string; readonly reason: string | null };
}

/** The role of those who may open the settings. */
const ADMIN_ROLE = 'admin';

/**
 * Whether somebody administers their organization: by the role that WorkOS put into their SSO profile. Which groups of the
 * customer's directory have it is set in the WorkOS Dashboard (or by the customer, in the Admin Portal), not here. Like the
 * groups, it is as it was at the last login.
 */
export function isAdmin({ role }: Identity): boolean {
  return role === ADMIN_ROLE;
}

/**
 * What the session cookie holds. The groups are not in it but in the database: a cookie takes 4 KB, which is about thirty
 * groups, and a trail that leaves some teams out is worse than one lookup.
 */
export interface Session {
  readonly identity: Identity;
  readonly csrfToken: string;
}

/** A request behind `SsoGuard`. */
export interface SignedInRequest extends Request {
  user: SignedInUser;
  csrfToken: string;
}
