/**
 * Tells the types of this package about an application. From here on `@Audited` and `AuditService.record` complete the
 * actions of its catalogue, demand their targets and refuse what is not in it. Without it, both accept any strings.
 *
 * @example
 * declare module 'nestjs-workos-audit' {
 *   interface AuditRegistry { events: typeof auditEvents; user: SessionUser }
 * }
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- to be augmented
export interface AuditRegistry {}

/** The type of `request.user`, if it is registered. */
// oxlint-disable-next-line typescript/no-explicit-any -- what a guard puts there is the application's business
export type AuditUser = AuditRegistry extends { user: infer User } ? User : any;
