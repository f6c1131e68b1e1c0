import { defineAuditEvents, optional } from 'nestjs-workos-audit';

export const auditEvents = defineAuditEvents({
  'post.create': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } },
  'post.publish': { targets: ['post', 'user', optional('team')] },
});

declare module 'nestjs-workos-audit' {
  interface AuditRegistry {
    events: typeof auditEvents;
  }
}
