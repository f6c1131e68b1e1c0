import 'reflect-metadata';
import { AUDITED } from './audit.tokens.js';
import type { AuditedContext, Resolvable } from './audited.context.js';
import type { AuditMetadataInput } from './event/event.js';
import type { AuditTargetInputs } from './event/targets.js';

/** What `@Audited` records beside the action. */
// oxlint-disable-next-line typescript/no-explicit-any
export interface AuditedOptions<Result = any> {
  /**
   * By target type: an id, `{ id, name?, metadata? }`, an array of these, or a function of the audited context that gives
   * one. The actor's own target and those of the groups fill themselves.
   */
  readonly targets?: Readonly<Record<string, Resolvable<AuditTargetInputs | null | undefined, AuditedContext<Result>>>>;
  /** A function for all of it, or a value or function for each key. */
  readonly metadata?:
    | ((context: AuditedContext<Result>) => AuditMetadataInput | undefined | Promise<AuditMetadataInput | undefined>)
    | Readonly<Record<string, unknown>>;
  /** Records only when this is true. */
  readonly when?: (context: AuditedContext<Result>) => boolean | Promise<boolean>;
}

/** One `@Audited` of a handler. */
export interface AuditedDeclaration {
  readonly action: string;
  readonly options: AuditedOptions;
}

/** The declarations of a handler, in the order in which they are written. */
export function auditedDeclarations(handler: object): readonly AuditedDeclaration[] {
  return (Reflect.getOwnMetadata(AUDITED, handler) as AuditedDeclaration[] | undefined) ?? [];
}
