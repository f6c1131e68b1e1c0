import type { LogStreamView } from '../streams/log-streams.js';
import type { Organization } from './organizations.js';

/** An organization on the wire. [WorkOS OpenAPI, Organization] */
export function organizationJson(organization: Organization) {
  const { id, name, domains, metadata, externalId, createdAt } = organization;
  return {
    object: 'organization',
    id,
    name,
    allow_profiles_outside_organization: false,
    domains: domains.map((one) => ({
      object: 'organization_domain',
      id: one.id,
      organization_id: id,
      domain: one.domain,
      state: one.state,
      verification_strategy: 'manual',
      created_at: createdAt,
      updated_at: createdAt,
    })),
    metadata,
    external_id: externalId,
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/** Its audit log configuration on the wire. [WorkOS OpenAPI, AuditLogConfiguration] */
export function configurationJson(organization: Organization, logStream: LogStreamView | undefined) {
  const { id, retentionDays, auditLogs } = organization;
  return {
    organization_id: id,
    // The document knows no null here; 30 days is the shortest retention that WorkOS sells.
    retention_period_in_days: retentionDays ?? 30,
    state: auditLogs,
    ...(logStream && { log_stream: streamJson(logStream) }),
  };
}

function streamJson({ id, type, state, lastSyncedAt, createdAt }: LogStreamView) {
  return { id, type, state, last_synced_at: lastSyncedAt, created_at: createdAt };
}
