import type { AuditedDeclaration } from './audited.declaration.js';
import type { AuditAction } from './catalogue/define.js';
import type { DeclaredDraft } from './audited.draft.js';

/** What is recorded when the handler throws: an action, or the action with the error's message beside its name and status. */
export type AuditedFailure<Name extends string> =
  | Name
  | {
      readonly action: Name;
      /** Puts the error's message into the metadata `error_message`. It may hold data of the request. @default false */
      readonly message?: boolean;
    };

/** What is recorded when a guard refuses the request: an action, or the action also for those whom nobody knows. */
export type AuditedDenial<Name extends string> =
  | Name
  | {
      readonly action: Name;
      /**
       * Records a refused request without an actor too, as that of the actor `anonymous`; the organization must then come
       * from the option `organization`. @default false
       */
      readonly anonymous?: boolean;
    };

/** The actor of a refused request whom nobody knows. */
export const ANONYMOUS = { id: 'anonymous', type: 'anonymous', name: 'Anonymous' } as const;

const FORBIDDEN = 403;

/** An outcome of a declaration other than success: the action of its event, and the metadata that it brings. */
export interface Outcome {
  readonly action: string;
  readonly metadata: Readonly<Record<string, string | number>>;
}

/** What to record of a handler that threw; nothing, where the declaration does not ask for it. */
export function failureOf({ options }: AuditedDeclaration, error: unknown): Outcome | undefined {
  const { failure, denied } = options;
  const status = statusOf(error);
  if (failure === undefined) return status === FORBIDDEN ? denialOf(denied, status) : undefined;
  const { action, message = false } = typeof failure === 'string' ? { action: failure } : failure;
  const metadata = { error_name: nameOf(error), error_status: status };
  return { action, metadata: message ? { ...metadata, error_message: textOf(error) } : metadata };
}

/** What to record of a request that was refused with this status. */
export function denialOf(denied: AuditedDenial<string> | undefined, status: number): Outcome | undefined {
  if (denied === undefined) return undefined;
  return { action: typeof denied === 'string' ? denied : denied.action, metadata: { error_status: status } };
}

/** The other actions that a declaration may record, with the option that names each. */
export function outcomeActions({ options }: Pick<AuditedDeclaration, 'options'>): (readonly [string, string])[] {
  const { failure, denied } = options;
  return Object.entries({ failure, denied }).flatMap(([name, given]): (readonly [string, string])[] =>
    given === undefined ? [] : [[name, typeof given === 'string' ? given : given.action]],
  );
}

/**
 * The draft of another outcome, from that of the success: the outcome's action may have fewer targets and other metadata, so
 * what its definition does not know is left out, and that is no fault. Nor is a resolver that knew no result.
 */
export function draftOfOutcome(
  draft: DeclaredDraft,
  outcome: Outcome,
  definition: AuditAction | undefined,
): DeclaredDraft {
  const targets = known(draft.targets);
  const metadata = { ...draft.metadata, ...outcome.metadata };
  return {
    action: outcome.action,
    targets: definition
      ? only(
          targets,
          definition.targets.map(({ type }) => type),
        )
      : targets,
    metadata: definition?.metadata ? only(metadata, Object.keys(definition.metadata)) : metadata,
    faults: [],
  };
}

/** What a resolver knew: of a failed creation there is no id. */
function known(targets: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(targets).filter(([, value]) => value !== undefined && value !== null));
}

function only(values: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)));
}

/** The HTTP status of an error: Nest's exceptions have `getStatus()`, those of body parsers a number. Any other is a 500. */
function statusOf(error: unknown): number {
  try {
    const { getStatus, status, statusCode } = error as Record<string, unknown>;
    const given: unknown = typeof getStatus === 'function' ? getStatus.call(error) : (status ?? statusCode);
    return typeof given === 'number' && Number.isInteger(given) ? given : 500;
  } catch {
    return 500;
  }
}

function nameOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return typeof error;
    // Errors of one's own often forget their name.
    return error.name === 'Error' ? error.constructor.name : error.name;
  } catch {
    return 'Error';
  }
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return '';
  }
}
