import 'reflect-metadata';
import type { AuditGuarantee } from './audit.options.js';
import { AUDITED } from './audit.tokens.js';
import { describeValue } from './event/text.js';
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

/** What `AuditService.audited` records beside the action: as `@Audited`, but for what only a route has. */
export type AuditedWorkOptions<Action extends string, Result> = AuditedOptions<Action, Result> & {
  readonly denied?: never;
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

const OPTION_NAMES: readonly string[] = ['targets', 'metadata', 'when', 'failure', 'denied', 'guarantee'];

/** What is wrong with the arguments of `@Audited`, whatever the catalogue says. */
export function optionFaults(action: unknown, options: AuditedDeclaration['options']): string[] {
  if (typeof action !== 'string' || action.trim() === '') return [`the action must be a name such as 'post.delete'`];
  if (typeof options !== 'object' || options === null)
    return [`the options must be an object such as { targets: { post: … } }`];
  return [
    ...Object.keys(options)
      .filter((name) => !OPTION_NAMES.includes(name))
      .map((name) => `there is no option \`${name}\`; the options are ${OPTION_NAMES.join(', ')}`),
    ...(options.targets === undefined || isRecord(options.targets)
      ? []
      : [
          `\`targets\` is ${describeValue(options.targets)}; expected an object by target type, such as { post: ({ params }) => params.id }`,
        ]),
    ...(options.metadata === undefined || typeof options.metadata === 'function' || isRecord(options.metadata)
      ? []
      : [`\`metadata\` is ${describeValue(options.metadata)}; expected an object or a function that gives one`]),
    ...(options.when === undefined || typeof options.when === 'function'
      ? []
      : ['`when` must be a function of the audited context']),
    ...outcomeFaults('failure', options.failure, 'message'),
    ...outcomeFaults('denied', options.denied, 'anonymous'),
    ...([undefined, 'after', 'write-ahead'].includes(options.guarantee)
      ? []
      : [`\`guarantee\` is ${describeValue(options.guarantee)}; expected 'after' or 'write-ahead'`]),
  ];
}

function outcomeFaults(name: string, given: unknown, flag: string): string[] {
  if (given === undefined || isName(given)) return [];
  const { action, ...rest } = isRecord(given) ? (given as Record<string, unknown>) : {};
  const keys = Object.keys(rest).filter((key) => key !== flag);
  if (isName(action) && keys.length === 0) return [];
  return [`\`${name}\` is ${describeValue(given)}; expected an action, or { action, ${flag}: true }`];
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
