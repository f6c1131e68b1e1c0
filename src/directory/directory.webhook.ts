import { groupsOf } from '../actor/groups.js';
import type { AuditGroup } from '../actor/principal.js';
import { field, text } from '../actor/reading.js';

/** A webhook of WorkOS: what `webhooks.constructEvent()` of the SDK gives, or the parsed body itself. */
export interface WorkOSWebhookEvent {
  /** Such as `dsync.group.user_added`. */
  readonly event: string;
  readonly data: unknown;
  /** When it happened, ISO 8601. */
  readonly createdAt?: string;
}

/** A directory user, as far as a webhook names them. */
export interface WebhookUser {
  readonly id: string;
  readonly organizationId?: string;
  readonly idpId?: string;
  readonly email?: string;
}

/** What a webhook means for groups that are remembered. `at` is milliseconds since 1970, or NaN. */
export type DirectoryChange =
  | { readonly kind: 'joined' | 'left'; readonly user: WebhookUser; readonly group: AuditGroup; readonly at: number }
  | { readonly kind: 'user changed' | 'user gone'; readonly user: WebhookUser }
  | {
      readonly kind: 'group renamed' | 'group gone';
      readonly group: AuditGroup;
      readonly organizationId?: string;
      readonly at: number;
    }
  | { readonly kind: 'organization'; readonly organizationId: string };

/** Reads a webhook; `undefined` for one that is not about groups, and for rubbish. */
export function directoryChange(event: unknown): DirectoryChange | undefined {
  const data = field(event, 'data');
  const at = Date.parse(text(either(event, 'createdAt', 'created_at')) ?? '');
  switch (field(event, 'event')) {
    case 'dsync.group.user_added':
    case 'dsync.group.user_removed': {
      const [user, group] = [userOf(field(data, 'user')), groupOf(field(data, 'group'))];
      const kind = field(event, 'event') === 'dsync.group.user_added' ? 'joined' : 'left';
      return user && group && { kind, user, group, at };
    }
    case 'dsync.user.created':
    case 'dsync.user.updated':
    case 'dsync.user.deleted': {
      const user = userOf(data);
      const kind = field(event, 'event') === 'dsync.user.deleted' ? 'user gone' : 'user changed';
      return user && { kind, user };
    }
    case 'dsync.group.updated':
    case 'dsync.group.deleted': {
      const [group, organizationId] = [groupOf(data), organizationOf(data)];
      const kind = field(event, 'event') === 'dsync.group.updated' ? 'group renamed' : 'group gone';
      return group && { kind, group, organizationId, at };
    }
    case 'dsync.activated':
    case 'dsync.deleted': {
      const organizationId = organizationOf(data);
      return organizationId === undefined ? undefined : { kind: 'organization', organizationId };
    }
    default:
      return undefined;
  }
}

function groupOf(group: unknown): AuditGroup | undefined {
  return groupsOf([group])[0];
}

function userOf(user: unknown): WebhookUser | undefined {
  const id = text(field(user, 'id'));
  if (id === undefined) return undefined;
  return {
    id,
    organizationId: organizationOf(user),
    idpId: text(either(user, 'idpId', 'idp_id')),
    email: text(field(user, 'email')),
  };
}

function organizationOf(value: unknown): string | undefined {
  return text(either(value, 'organizationId', 'organization_id'));
}

/** The SDK writes names in camel case, the wire in snake case. */
function either(value: unknown, camel: string, snake: string): unknown {
  return field(value, camel) ?? field(value, snake);
}
