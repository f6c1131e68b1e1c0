import { defineAuditEvents, optional } from 'nestjs-workos-audit';
import type { SignedInUser } from './auth/session.js';

/**
 * The catalogue: the one list of what this blog audits. `user` and `team` fill themselves, from the one who acts and
 * their groups; `team` is optional, because somebody may be in none.
 */
export const auditEvents = defineAuditEvents({
  'user.login': { targets: ['user', optional('team')] },
  'user.logout': { targets: ['user', optional('team')] },
  'user.invite': { targets: ['user', optional('team')], metadata: { invited_email: 'string' } },
  'post.create': { targets: ['post', 'user', optional('team')] },
  'post.delete': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } },
});

/** From here on the compiler completes and checks every `@Audited` and `record()` of the blog. */
declare module 'nestjs-workos-audit' {
  interface AuditRegistry {
    events: typeof auditEvents;
    user: SignedInUser;
  }
}
