export { LocalWorkOS } from './local-workos/local-workos.js';
export type { LocalWorkOSFault } from './local-workos/faults/fault.js';
export type { LocalWorkOSExports } from './local-workos/audit-logs/exports.js';
export type { LocalWorkOSOutboxFigures } from './local-workos/dashboard/outbox/outbox.figures.js';
export type { LocalWorkOSOutboxSource } from './local-workos/dashboard/outbox/outbox.source.js';
export type { LocalWorkOSOptions } from './local-workos/local-workos.options.js';
export type {
  LocalWorkOSConnection,
  LocalWorkOSDirectory,
  LocalWorkOSGroup,
  LocalWorkOSOrganization,
  LocalWorkOSPerson,
  LocalWorkOSSchema,
  LocalWorkOSSeed,
} from './local-workos/local-workos.seed.js';
export type {
  RecordedRequest,
  RefusedRequest,
  StoredEntity,
  StoredEvent,
  StoredMetadata,
} from './local-workos/local-workos.types.js';
export type { LocalWorkOSLogStream } from './local-workos/streams/stream.destination.js';
export type { WebhookDelivery } from './local-workos/webhooks/webhooks.js';
export { expectAuditCoverage } from './audit-coverage.js';
export { AuditTestingModule } from './audit-testing.module.js';
export { assertAudited, assertNotAudited } from './recorded/assert-audited.js';
export { type AuditMatchers, auditMatchers } from './recorded/audit.matchers.js';
export type {
  AsymmetricMatcher,
  AuditedExpectation,
  AuditEventMatch,
  AuditExpectation,
  Expected,
  ExpectedEntity,
} from './recorded/expectation.js';
export { type AuditWaitOptions, RecordedAudit } from './recorded/recorded-audit.js';
export type { RecordedEvent } from './recorded/recorded-event.js';
export type { DegradedAudit, DroppedAudit } from './recorded/recording.js';
export type { AuditTrail, AuditTrailEvent, TrailNote } from './recorded/trail.js';
export {
  outboxContract,
  type OutboxContractFramework,
  type OutboxContractOptions,
  type OutboxUnderTest,
} from './outbox-contract.js';
