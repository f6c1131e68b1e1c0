import 'reflect-metadata';
import type { AuditGuarantee } from './audit.options.js';
import { AUDITED } from './audit.tokens.js';
import type { AuditedContext } from './audited.context.js';
import type { AuditedDenial, AuditedFailure } from './audited.outcomes.js';
import type { AuditActionName, AuditedMetadata, AuditedTargets, WithTargets } from './catalogue/typed.js';

/**
 * What `@Audited` records beside the action.
 *
 * - `targets`, by target type: an id, `{ id, name?, metadata? }`, an array of these, or a function of the audited context
 *   that gives one. The actor's own target and those of the groups fill themselves.
 * - `metadata`: a function for all of it, or a value or function for each key.
 * - `when`: records only when this is true.
 * - `failure`: the action of the event when the handler throws; its metadata gets `error_name` and `error_status`. Targets
 *   are those of which something is known without a result.
 * - `denied`: the action of the event when a guard refuses the request with 403, or with 401 where somebody is known. HTTP only.
 * - `guarantee`: instead of the one in the options of the module.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- as in AuditedContext
export type AuditedOptions<Action extends string = string, Result = any> = WithTargets<
  Action,
  AuditedTargets<Action, Result>
> & {
  readonly metadata?: AuditedMetadata<Action, Result>;
  readonly when?: (context: AuditedContext<Result>) => boolean | Promise<boolean>;
  readonly failure?: AuditedFailure<AuditActionName>;
  readonly denied?: AuditedDenial<AuditActionName>;
  readonly guarantee?: AuditGuarantee;
};

/** One `@Audited` of a handler, its options not typed any more. */
export interface AuditedDeclaration {
  readonly action: string;
  readonly options: {
    readonly targets?: Readonly<Record<string, unknown>>;
    readonly metadata?: unknown;
    readonly when?: (context: AuditedContext) => unknown;
    readonly failure?: AuditedFailure<string>;
    readonly denied?: AuditedDenial<string>;
    readonly guarantee?: AuditGuarantee;
  };
}

/** The declarations of a handler, in the order in which they are written. */
export function auditedDeclarations(handler: object): readonly AuditedDeclaration[] {
  return (Reflect.getOwnMetadata(AUDITED, handler) as AuditedDeclaration[] | undefined) ?? [];
}
