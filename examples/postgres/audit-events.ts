import { defineAuditEvents } from 'nestjs-workos-audit';
import type { User } from './demo-user.guard.js';

/** The catalogue: the one list of what this shop audits. `user` fills itself, from the one who acts. */
export const auditEvents = defineAuditEvents(
  {
    'order.place': { targets: ['order', 'user'], metadata: { product: 'string', quantity: 'number' } },
    'order.cancel': { targets: ['order', 'user'] },
  },
  { groupTarget: false },
);

declare module 'nestjs-workos-audit' {
  interface AuditRegistry {
    events: typeof auditEvents;
    user: User;
  }
}
