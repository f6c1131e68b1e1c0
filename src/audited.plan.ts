import 'reflect-metadata';
import { type AuditedDeclaration, auditedDeclarations } from './audited.declaration.js';
import { outcomeActions } from './audited.outcomes.js';

/** Nest's own key for `@Sse` (`SSE_METADATA` of @nestjs/common/constants, which its package exports do not promise). */
const SSE_METADATA = '__sse__';

/** What is to be known of an audited handler at each call, read from its metadata once. */
export interface AuditedPlan {
  readonly declarations: readonly AuditedDeclaration[];
  /** Whether it answers with a stream of messages, `@Sse`. */
  readonly streams: boolean;
  /** Whether anything is recorded of a handler that throws, or of a request that is refused. */
  readonly outcomes: boolean;
  /** Whether any declaration asks for refused requests. */
  readonly denials: boolean;
}

const plans = new WeakMap<object, AuditedPlan>();

/** To be asked when the handler is called: until the boot is over, decorators may still add to it. */
export function planOf(handler: object): AuditedPlan {
  const known = plans.get(handler);
  if (known) return known;
  const declarations = auditedDeclarations(handler);
  const plan = {
    declarations,
    streams: Reflect.hasMetadata(SSE_METADATA, handler),
    outcomes: declarations.some((declaration) => outcomeActions(declaration).length > 0),
    denials: declarations.some(({ options }) => options.denied !== undefined),
  };
  plans.set(handler, plan);
  return plan;
}
