/** A metadata value that WorkOS accepts: a string of at most 500 characters, a number or a boolean. */
export type AuditMetadataValue = string | number | boolean;

/** Metadata as it is stored and sent: at most 50 keys of `[a-zA-Z0-9_-]{1,40}`. */
export type AuditMetadata = Record<string, AuditMetadataValue>;

/**
 * Metadata as an application may give it. Dates become ISO strings, nested objects are flattened (`{ a: { b: 1 } }` →
 * `a_b`), arrays become JSON, `null` and `undefined` are left out.
 */
export type AuditMetadataInput = Readonly<Record<string, unknown>>;

/** Who did it. `type` is usually `user`; a job is `system` (see `systemActor`). */
export interface AuditActor {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly metadata: AuditMetadata;
}

/** What it was done to. */
export interface AuditTarget {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly metadata?: AuditMetadata;
}

/** From where: `location` is the IP address of the request, or a word such as `internal`. */
export interface AuditEventContext {
  readonly location: string;
  readonly userAgent?: string;
}

/**
 * An event, complete and within WorkOS's limits, as it waits in the outbox. It is plain JSON and never changes again:
 * WorkOS hashes its content together with the idempotency key, so every attempt must send the same bytes.
 */
export interface AuditEvent {
  readonly organizationId: string;
  readonly action: string;
  /** Version of the action's schema. WorkOS takes an absent one for version 1. */
  readonly version?: number;
  /** ISO 8601, stamped when the handler succeeded. */
  readonly occurredAt: string;
  readonly actor: AuditActor;
  readonly targets: readonly AuditTarget[];
  readonly context: AuditEventContext;
  readonly metadata: AuditMetadata;
}
