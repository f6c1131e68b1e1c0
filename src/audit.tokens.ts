// Symbols of the global registry, so that two copies of the package in one process mean the same.

/** Metadata key: the list of `@Audited` declarations of a handler. */
export const AUDITED = Symbol.for('nestjs-workos-audit:audited');

/** Metadata key: why a handler is not audited. */
export const NOT_AUDITED = Symbol.for('nestjs-workos-audit:not-audited');

/**
 * Provider: the options as `forRoot` or the factory of `forRootAsync` gave them. A test that cannot let that factory run, for
 * example because it demands an environment, overrides it: `.overrideProvider(AUDIT_MODULE_OPTIONS).useValue({ … })`.
 */
export const AUDIT_MODULE_OPTIONS = Symbol.for('nestjs-workos-audit:module-options');

/** Provider, in tests only: what stands in for the outbox and for WorkOS. */
export const AUDIT_STAND_IN = Symbol.for('nestjs-workos-audit:stand-in');

/** Provider: the options with their defaults. */
export const AUDIT_OPTIONS = Symbol.for('nestjs-workos-audit:options');

/** Provider: what `@Audited`'s interceptor works with. */
export const AUDIT_RECORDER = Symbol.for('nestjs-workos-audit:recorder');

/** Provider: the outbox. */
export const AUDIT_OUTBOX = Symbol.for('nestjs-workos-audit:outbox');

/** Provider: the scopes of requests and jobs. */
export const AUDIT_SCOPES = Symbol.for('nestjs-workos-audit:scopes');

/** Provider: what takes events to WorkOS. */
export const AUDIT_DISPATCHER = Symbol.for('nestjs-workos-audit:dispatcher');

/** Provider: `@opentelemetry/api`, where the application has it. */
export const AUDIT_OPEN_TELEMETRY = Symbol.for('nestjs-workos-audit:open-telemetry');

/** Provider: what finds the handlers of the application. */
export const AUDIT_EXPLORER = Symbol.for('nestjs-workos-audit:explorer');

/** Provider: requests to WorkOS other than those that deliver events. */
export const AUDIT_WORKOS = Symbol.for('nestjs-workos-audit:workos');

/** Marks the class of the interceptor that `@Audited` binds. */
export const AUDIT_INTERCEPTOR: unique symbol = Symbol.for('nestjs-workos-audit:interceptor') as never;
