import { groupsOf } from './groups.js';
import { impersonatorOf } from './impersonator.js';
import { type AuditPrincipal, readPrincipal } from './principal.js';
import { field, isRecord, items, text } from './reading.js';

/**
 * The principal of what a guard puts on `request.user`: what the module does without `resolveActor`. These shapes are known:
 *
 * - a person, with `id` (else `sub`), a name, `organizationId` and `groups` as `[{ id, name }]` or as ids: a WorkOS SSO
 *   profile, a Passport user (`displayName`, `name: { givenName, familyName }`, `emails`), or a user of your own;
 * - an AuthKit session, `{ user, organizationId, impersonator, … }`, as the SDK's `authenticate()` gives it, or the claims of
 *   its access token (`sub`, `sid`, `org_id`, `act`);
 * - an API key of WorkOS, as `apiKeys.validateApiKey()` gives it, with its owner's organization;
 * - a principal, such as {@link apiKeyActor} makes.
 *
 * Whatever has no id that is a text or a number is no actor; nothing is made up. Never throws.
 *
 * @example
 * resolveActor: ({ request }) => request?.apiKey ? apiKeyActor(request.apiKey.id, …) : principalOfUser(request?.user)
 */
export function principalOfUser(user: unknown): Partial<AuditPrincipal> {
  if (!isRecord(user)) return {};
  const hasId = text(field(user, 'id')) !== undefined || text(field(user, 'sub')) !== undefined;
  if (field(user, 'object') === 'api_key') return ofApiKey(user);
  if (hasId) return ofPerson(user);
  if (isRecord(field(user, 'actor'))) return readPrincipal(user);
  if (isRecord(field(user, 'user'))) return ofSession(user);
  if (isRecord(field(user, 'profile'))) return ofPerson(field(user, 'profile')); // of sso.getProfileAndToken()
  return { organizationId: organizationOf(user) };
}

function ofPerson(person: unknown, session?: unknown): Partial<AuditPrincipal> {
  const id = text(field(person, 'id')) ?? text(field(person, 'sub'));
  const organizationId = organizationOf(session) ?? organizationOf(person);
  if (id === undefined) return { organizationId };
  const metadata = impersonatorOf(field(session, 'impersonator') ?? impersonatorIn(person));
  const actor = { id, type: 'user', name: nameOf(person), ...(metadata && { metadata }) };
  const groups = groupsOf(field(person, 'groups') ?? field(session, 'groups'));
  return { actor, groups, organizationId };
}

/** `request.user = session`, or the whole answer of `authenticateWithCode()`. */
function ofSession(session: unknown): Partial<AuditPrincipal> {
  return field(session, 'authenticated') === false ? {} : ofPerson(field(session, 'user'), session);
}

/** [`ApiKey` of @workos-inc/node] Never its value. */
function ofApiKey(key: unknown): Partial<AuditPrincipal> {
  const id = text(field(key, 'id'));
  const owner = field(key, 'owner');
  const organizationId = organizationOf(owner) ?? (field(owner, 'type') === 'organization' && text(field(owner, 'id')));
  return {
    ...(id !== undefined && { actor: { id, type: 'api_key', name: text(field(key, 'name')) }, groups: [] }),
    organizationId: organizationId || undefined,
  };
}

/** The organization by WorkOS's names for it; `org_id` only in the claims of an AuthKit access token, for others have one too. */
function organizationOf(value: unknown): string | undefined {
  return (
    text(field(value, 'organizationId')) ??
    text(field(value, 'organization_id')) ??
    (isAccessToken(value) ? text(field(value, 'org_id')) : undefined)
  );
}

function impersonatorIn(person: unknown): unknown {
  return field(person, 'impersonator') ?? (isAccessToken(person) ? field(person, 'act') : undefined);
}

/** `sid` is the id of an AuthKit session. */
function isAccessToken(claims: unknown): boolean {
  return text(field(claims, 'sid')) !== undefined && text(field(claims, 'sub')) !== undefined;
}

function nameOf(person: unknown): string | undefined {
  const name = field(person, 'name');
  const [first, last] = isRecord(name)
    ? [field(name, 'givenName'), field(name, 'familyName')]
    : [
        field(person, 'firstName') ?? field(person, 'first_name'),
        field(person, 'lastName') ?? field(person, 'last_name'),
      ];
  const fullName = [text(first), text(last)].filter(Boolean).join(' ');
  const email = text(field(person, 'email')) ?? text(field(items(field(person, 'emails'), 1)[0], 'value'));
  return text(name) ?? text(field(person, 'displayName')) ?? (fullName || email);
}
