import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { AuditPrincipal } from './actor/principal.js';
import { afterFirst, afterLast } from './audit.completion.js';
import type { AuditRecorder } from './audit.recorder.js';
import { userOf } from './audit.request.js';
import { type AuditScope, AuditScopes } from './audit.scope.js';
import { AUDIT_INTERCEPTOR, AUDIT_RECORDER, AUDIT_SCOPES } from './audit.tokens.js';
import { type AuditedCall, AuditedCalls } from './audited.call.js';
import { planOf } from './audited.plan.js';

/** A request's way through: scope, intent, handler, event, outbox. Bound by `@Audited`, once per handler. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  /** By this the copies of the package know each other's. @internal */
  static readonly [AUDIT_INTERCEPTOR] = true;

  readonly #calls: AuditedCalls;

  constructor(
    @Inject(AUDIT_RECORDER) private readonly recorder: AuditRecorder,
    @Inject(AUDIT_SCOPES) private readonly scopes: AuditScopes,
  ) {
    this.#calls = new AuditedCalls(recorder);
  }

  /** No promise where everything is known at once: each would cost a request more than it does. */
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const outer = this.scopes.current;
    const request = this.recorder.requestOf(execution);
    const user = userOf(request);
    const plan = planOf(execution.getHandler());
    if (plan.denials && request) this.scopes.arrived.add(request);
    const context = request ? this.recorder.contextOf({ request, execution }) : outer?.context;
    const handle = (principal: Partial<AuditPrincipal>): Observable<unknown> | Promise<Observable<unknown>> => {
      const scope: AuditScope = { request, execution, context, principal, annotations: [] };
      const call: AuditedCall = {
        execution,
        plan,
        scope,
        user,
        place: { toString: () => `${execution.getClass().name}.${execution.getHandler().name}` },
      };
      scope.call = call;
      const settle = plan.streams ? afterFirst : afterLast;
      const run = (): Observable<unknown> =>
        settle(
          this.scopes.bind(call.scope, () => next.handle()),
          {
            succeeded: (result) => this.#calls.record(call, { result }),
            failed: (error) => this.#calls.record(call, { error }),
          },
        );
      return this.#calls.intend(call)?.then(run) ?? run();
    };
    const principal = this.recorder.principalOf({ request, execution, principal: outer?.principal });
    return principal instanceof Promise ? principal.then(handle) : handle(principal);
  }
}
