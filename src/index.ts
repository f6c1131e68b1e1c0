export { AuditModule } from './audit.module.js';
export type {
  AuditActorContext,
  AuditDeliveryOptions,
  AuditGuarantee,
  AuditModuleOptions,
  AuditOptionsFactory,
} from './audit.options.js';
export { Audited, type AuditedMethodDecorator } from './audited.decorator.js';
export type { AuditedOptions, AuditedWorkOptions } from './audited.declaration.js';
export type { AuditedDenial, AuditedFailure } from './audited.outcomes.js';
export type { AuditedContext, Resolvable } from './audited.context.js';
export { NotAudited } from './not-audited.decorator.js';
export { AuditInterceptor } from './audit.interceptor.js';
export { type AuditedHandler, AuditService, type AuditStats } from './audit.service.js';
export type { RecordDetails, RecordInput } from './audit.record-input.js';
export type { AuditAnnotation, AuditCommit } from './audit.scope.js';
export type { AuditRequest } from './audit.request.js';
export type { AuditCounters } from './audit.counters.js';
export { AuditConfigurationError, AuditOutboxError, AuditTransactionError, AuditUsageError } from './audit.errors.js';
export { AuditUnavailableException } from './audit.intent.js';
export { AUDIT_MODULE_OPTIONS, AUDIT_OUTBOX } from './audit.tokens.js';

export { impersonatorMetadata } from './actor/impersonator.js';
export {
  apiKeyActor,
  type AuditActorInput,
  type AuditGroup,
  type AuditPrincipal,
  systemActor,
} from './actor/principal.js';
export { principalOfUser } from './actor/user-principal.js';

export {
  DirectoryGroupsService,
  type DirectoryProfile,
  type DirectoryStats,
} from './directory/directory-groups.service.js';
export type { AuditDirectoryOptions } from './directory/directory.options.js';
export type { WorkOSWebhookEvent } from './directory/directory.webhook.js';

export {
  type AuditAction,
  type AuditCatalogue,
  type AuditCatalogueOptions,
  type AuditEventDefinition,
  type AuditEventDefinitions,
  type AuditMetadataSchema,
  type AuditMetadataType,
  type AuditTargetDefinition,
  defineAuditEvents,
  optional,
  target,
} from './catalogue/define.js';
export type { AuditRegistry, AuditUser } from './catalogue/registry.js';
export type { AuditActionName } from './catalogue/typed.js';
export { type AuditSchema, type AuditSchemaLock, type AuditSchemaVersion, schemasOf } from './catalogue/versions.js';
export { syncSchemas, type SyncSchemasOptions } from './schemas/schema.sync.js';
export { AuditSchemaError } from './schemas/schema.errors.js';
export type { WorkOSSchemaClient } from './schemas/schema.client.js';

export type {
  AuditActor,
  AuditEvent,
  AuditEventContext,
  AuditMetadata,
  AuditMetadataInput,
  AuditMetadataValue,
  AuditTarget,
} from './event/event.js';
export type { RedactRule } from './event/metadata.js';
export type { AuditTargetInput, AuditTargetInputs } from './event/targets.js';

export { AuditLogStreams, type SetupLinkOptions } from './streams/audit-log-streams.js';
export type { AuditLogStream, AuditLogStreamStatus } from './streams/stream.status.js';
export { AuditExports } from './exports/audit-exports.js';
export type { AuditExport } from './exports/export.js';
export type { AuditExportOptions } from './exports/export.request.js';
export type { AuditExportEntity, AuditExportMetadata, AuditExportRow } from './exports/export.rows.js';
export type { AuditExportProgress, AuditExportWaitOptions } from './exports/export.wait.js';
export { AuditWorkOSError, type AuditWorkOSErrorCode } from './workos/api.error.js';

export { type MemoryOutboxOptions, memoryOutbox } from './outbox/memory.outbox.js';
export type {
  AuditOutbox,
  BuriedEntry,
  BuriedFilter,
  ClaimedEntry,
  DeliveryError,
  OutboxEntry,
  OutboxStats,
} from './outbox/outbox.js';
export type { WorkOSConnection } from './workos/workos-client.js';
export { workosFromEnv } from './workos/workos-env.js';
export type { WorkOSAuditClient } from './delivery/workos-sender.js';
