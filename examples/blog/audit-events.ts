import { defineAuditEvents, impersonatorMetadata, optional } from 'nestjs-workos-audit';
import type { SignedInUser } from './auth/session.js';

/**
 * The catalogue: the one list of what this blog audits. `user` and `team` fill themselves, from the one who acts and
 * their groups; `team` is optional, because somebody may be in none.
 */
export const auditEvents = defineAuditEvents(
  {
    'user.login': { targets: ['user', optional('team')] },
    'user.logout': { targets: ['user', optional('team')] },
    'user.invite': { targets: ['user', optional('team')], metadata: { invited_email: 'string' } },
    'post.create': { targets: ['post', 'user', optional('team')] },
    'post.delete': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } },
    // Who looks into the trail, takes it out of the house, or changes where it goes, is in the trail too.
    'audit_log.viewed': { targets: ['organization', 'user', optional('team')] },
    'audit_log.export_requested': {
      targets: ['organization', 'user', optional('team')],
      // What `guarantee: 'write-ahead'` tells with, should the process die in between.
      metadata: { from: 'string', to: 'string', outcome: 'string' },
    },
    'log_stream.setup_opened': { targets: ['organization', 'user', optional('team')] },
    'retention.changed': {
      targets: ['organization', 'user', optional('team')],
      metadata: { days: 'number', days_before: 'number' },
    },
  },
  // With AuthKit, support may act for somebody: each event then says who.
  { actorMetadata: impersonatorMetadata },
);

/** From here on the compiler completes and checks every `@Audited` and `record()` of the blog. */
declare module 'nestjs-workos-audit' {
  interface AuditRegistry {
    events: typeof auditEvents;
    user: SignedInUser;
  }
}
