import type { AuditedContext } from 'nestjs-workos-audit';

/** The target of every act of the settings: one's own organization. */
export const organization = ({ user }: AuditedContext): { id: string; name: string } => ({
  id: user.organizationId,
  name: user.organizationName,
});
