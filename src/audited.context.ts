import type { ExecutionContext } from '@nestjs/common';
import { payloadOf } from './audit.contexts.js';
import { type AuditRequest, userOf } from './audit.request.js';
import type { AuditUser } from './catalogue/registry.js';

/**
 * What a resolver of `@Audited` sees: after the handler succeeded, and where `failure` or `denied` ask for it, also otherwise.
 *
 * A decorator cannot infer what its method returns, and what a body holds is the application's business: `result` is `any`
 * unless named (`@Audited<'post.create', Post>(…)`), and so is `body`.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export interface AuditedContext<Result = any, Body = any> {
  /** Express's or Fastify's request, also of GraphQL; of a socket or a message, what is known of its sender. */
  readonly request: AuditRequest;
  /** The route's parameters; of GraphQL the arguments. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** The body; of a socket or a microservice the message. */
  readonly body: Body;
  /** The arguments that Nest gives to the handler's transport: for HTTP request, response and next. */
  readonly args: readonly unknown[];
  /** What the handler returned; for an Observable its last value, for SSE `undefined`. */
  readonly result: Result;
  /** What the handler threw, where the event of a failure is made; there is no `result` then. */
  readonly error?: unknown;
  /** `request.user` as it was before the handler or, if there was none, after it. */
  readonly user: AuditUser;
  /** Absent in `AuditService.audited`. */
  readonly execution: ExecutionContext;
}

/** A value, or a function of the context that gives one, now or later. */
export type Resolvable<Value, Context> = Value | ((context: Context) => Value | Promise<Value>);

/** What became of a handler. */
export type What = { readonly result: unknown } | { readonly error: unknown };

/**
 * The context of a call; before it, and where a handler was never reached, nothing is known of what it did.
 *
 * @param call.user as it was before the handler
 */
export function contextFor(
  {
    execution,
    request = { headers: {} },
    user,
  }: { execution?: ExecutionContext; request?: AuditRequest; user?: unknown },
  what?: What,
): AuditedContext {
  const payload = execution && payloadOf(execution);
  // No getter and no spread on the way of every request: an object literal with either is a hundred times as slow.
  const context = {
    request,
    params: (payload?.params ?? request.params ?? {}) as Record<string, string>,
    query: (request.query ?? {}) as Record<string, unknown>,
    body: payload?.body ?? request.body,
    args: execution?.getArgs() ?? [],
    result: what && 'result' in what ? what.result : undefined,
    user: (user ?? userOf(request)) as AuditUser,
    // Of a function that is no handler there is none; its options say so.
    execution: execution as ExecutionContext,
  };
  return what && 'error' in what ? { ...context, error: what.error } : context;
}
