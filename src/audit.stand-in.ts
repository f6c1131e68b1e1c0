import type { AuditCatalogue } from './catalogue/define.js';
import type { WorkOSAuditClient } from './delivery/workos-sender.js';
import type { AuditOutbox, OutboxEntry } from './outbox/outbox.js';

/**
 * What a test puts in the place of the outbox and of WorkOS, under `AUDIT_STAND_IN`: see `AuditTestingModule`. Everything
 * else of the application's module stays as it is, its options and their checks included.
 */
export interface AuditStandIn extends AuditWitness {
  /** Instead of the one in the options, which is never opened. */
  readonly outbox: AuditOutbox;
  /** Instead of `workos` in the options. */
  readonly client: WorkOSAuditClient;
  /** Called at the start, with the catalogue of the application. */
  attach(catalogue: AuditCatalogue | undefined): void;
}

/** Told of what an event lost on its way, at once and with the reason. Must not throw. */
export interface AuditWitness {
  degraded(action: string, place: string, faults: readonly string[]): void;
  skipped(action: string, reason: string): void;
  dropped(entry: OutboxEntry, reason: string): void;
}
