import type { ExecutionContext } from '@nestjs/common';
import type { AuditRequest } from './audit.request.js';
import type { AuditUser } from './catalogue/registry.js';

/**
 * What a resolver of `@Audited` sees, after the handler succeeded.
 *
 * A decorator cannot infer what its method returns, and what a body holds is the application's business: `result` is `any`
 * unless named (`@Audited<'post.create', Post>(…)`), and so is `body`.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export interface AuditedContext<Result = any, Body = any> {
  /** Express's or Fastify's request; `undefined` outside HTTP. */
  readonly request: AuditRequest;
  /** Route parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Body;
  /** The arguments that Nest gives to the handler's transport: for HTTP request, response and next. */
  readonly args: readonly unknown[];
  /** What the handler returned; for an Observable its last value, for SSE `undefined`. */
  readonly result: Result;
  /** `request.user` as it was before the handler or, if there was none, after it. */
  readonly user: AuditUser;
  readonly execution: ExecutionContext;
}

/** A value, or a function of the context that gives one, now or later. */
export type Resolvable<Value, Context> = Value | ((context: Context) => Value | Promise<Value>);
