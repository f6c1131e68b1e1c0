/**
 * The module, its catalogue or a decorator is set up wrongly. `message` lists every fault with its place and the fix.
 * Thrown while classes are loaded or at boot, never while a request is served.
 */
export class AuditConfigurationError extends Error {
  override readonly name = 'AuditConfigurationError';

  constructor(
    place: string,
    readonly faults: readonly string[],
  ) {
    super(
      faults.length === 1 ? `${place}: ${faults[0]}` : `${place}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
}

/** `AuditService` was called in a way that can never work; `message` says what to write instead. */
export class AuditUsageError extends Error {
  override readonly name = 'AuditUsageError';
}

/** An outbox cannot take the event: it is full, closed, or its store failed. */
export class AuditOutboxError extends Error {
  override readonly name: string = 'AuditOutboxError';
}

/**
 * The event cannot become part of the transaction that was given: it is no transaction, is over, or refused the event. The
 * transaction must be rolled back, or its change is not audited; thrown where the event is recorded, so that it is.
 */
export class AuditTransactionError extends AuditOutboxError {
  override readonly name = 'AuditTransactionError';
}
