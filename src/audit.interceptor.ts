import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { AuditPrincipal } from './actor/principal.js';
import { afterFirst, afterLast } from './audit.completion.js';
import type { AuditIntent } from './audit.intent.js';
import { AuditRecorder, isKnown } from './audit.recorder.js';
import { contextOf, requestOf, userOf } from './audit.request.js';
import { type AuditScope, AuditScopes } from './audit.scope.js';
import { AUDIT_RECORDER, AUDIT_SCOPES } from './audit.tokens.js';
import type { AuditedContext } from './audited.context.js';
import type { AuditedDeclaration } from './audited.declaration.js';
import { draftBefore, draftOf } from './audited.draft.js';
import { type AuditedPlan, planOf } from './audited.plan.js';
import type { AuditUser } from './catalogue/registry.js';

/** One call of a handler. */
interface Call {
  readonly execution: ExecutionContext;
  readonly plan: AuditedPlan;
  readonly scope: AuditScope;
  readonly user: unknown;
  /** What to name in the log, such as `PostsController.remove`. */
  readonly place: { toString(): string };
  /** With the guarantee `write-ahead`. */
  intents?: Map<AuditedDeclaration, AuditIntent>;
}

/** A request's way through: scope, intent, handler, event, outbox. Bound by `@Audited`, once per handler. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    @Inject(AUDIT_RECORDER) private readonly recorder: AuditRecorder,
    @Inject(AUDIT_SCOPES) private readonly scopes: AuditScopes,
  ) {}

  /** No promise where everything is known at once: each would cost a request more than it does. */
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const outer = this.scopes.current;
    const request = requestOf(execution);
    const user = userOf(request);
    const context = request ? contextOf(request) : outer?.context;
    const handle = (principal: Partial<AuditPrincipal>): Observable<unknown> | Promise<Observable<unknown>> => {
      const call: Call = {
        execution,
        plan: planOf(execution.getHandler()),
        scope: { request, execution, context, principal, annotations: [] },
        user,
        place: { toString: () => `${execution.getClass().name}.${execution.getHandler().name}` },
      };
      const ahead = call.plan.declarations.filter((declaration) => this.#isWrittenAhead(declaration));
      if (ahead.length === 0) return this.#handle(call, next);
      return this.#intend(call, ahead).then(() => this.#handle(call, next));
    };
    const principal = this.recorder.principalOf({ request, execution, principal: outer?.principal });
    return principal instanceof Promise ? principal.then(handle) : handle(principal);
  }

  #isWrittenAhead({ options }: AuditedDeclaration): boolean {
    return (options.guarantee ?? this.recorder.options.guarantee) === 'write-ahead';
  }

  #handle(call: Call, next: CallHandler): Observable<unknown> {
    const handled = this.scopes.bind(call.scope, () => next.handle());
    return (call.plan.streams ? afterFirst : afterLast)(handled, {
      succeeded: (result) => this.#record(call, result),
      failed: () => this.#discard(call),
    });
  }

  /** @throws AuditUnavailableException when an intent cannot be stored, so that the handler does not run */
  async #intend(call: Call, declarations: readonly AuditedDeclaration[]): Promise<void> {
    const { principal = {} } = call.scope;
    const intents = (call.intents = new Map<AuditedDeclaration, AuditIntent>());
    for (const declaration of declarations) {
      if (!isKnown(principal)) {
        this.recorder.throttle.log(
          `'${declaration.action}' (${String(call.place)}) cannot be written ahead: before the handler there is no actor or no ` +
            'organization. It is recorded after it',
        );
        continue;
      }
      const drafted = draftBefore(declaration, contextFor(call, undefined), this.recorder.options.resolverTimeoutMs);
      const draft = drafted instanceof Promise ? await drafted : drafted;
      const context = this.recorder.contextOf(call.scope);
      try {
        // That a resolver knows no result yet is no fault.
        const intent = await this.recorder.intend({ ...draft, principal, context, occurredAt: new Date(), faults: [] });
        intents.set(declaration, intent);
      } catch (error) {
        await this.#discard(call);
        throw error;
      }
    }
  }

  /** Never rejects: the handler has succeeded, and nothing here may change that. */
  async #record(call: Call, result: unknown): Promise<void> {
    const occurredAt = new Date();
    const { plan, scope, place, intents } = call;
    try {
      const found = this.recorder.principalOf(scope);
      const principal = found instanceof Promise ? await found : found;
      const { resolverTimeoutMs } = this.recorder.options;
      const context = this.recorder.contextOf(scope);
      const audited = contextFor(call, result);
      for (const declaration of plan.declarations) {
        const intent = intents?.get(declaration);
        const drafted = draftOf(declaration, audited, scope.annotations ?? [], resolverTimeoutMs);
        const draft = drafted instanceof Promise ? await drafted : drafted;
        if (!draft) await intent?.discard();
        else if (!isKnown(principal)) this.recorder.skip(declaration.action, place, principal);
        else await this.recorder.record({ ...draft, principal, occurredAt, context }, place, intent);
      }
    } catch (error) {
      for (const intent of intents?.values() ?? []) intent.lapse();
      this.recorder.unexpected(place, error);
    }
  }

  async #discard({ intents }: Call): Promise<void> {
    if (intents) await Promise.all([...intents.values()].map((intent) => intent.discard()));
  }
}

function contextFor({ execution, scope, user }: Call, result: unknown): AuditedContext {
  const request = scope.request ?? { headers: {} };
  return {
    request,
    params: (request.params ?? {}) as Record<string, string>,
    // Express parses it anew each time it is asked for.
    get query() {
      return (request.query ?? {}) as Record<string, unknown>;
    },
    body: request.body,
    args: execution.getArgs(),
    result,
    user: (user ?? userOf(request)) as AuditUser,
    execution,
  };
}
