import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { AuditPrincipal } from './actor/principal.js';
import { afterFirst, afterLast } from './audit.completion.js';
import type { AuditIntent } from './audit.intent.js';
import { AuditRecorder, isKnown } from './audit.recorder.js';
import { contextOf, requestOf, userOf } from './audit.request.js';
import { type AuditScope, AuditScopes } from './audit.scope.js';
import { AUDIT_RECORDER, AUDIT_SCOPES } from './audit.tokens.js';
import { type AuditedContext, contextFor, type What } from './audited.context.js';
import type { AuditedDeclaration } from './audited.declaration.js';
import { type DeclaredDraft, draftBefore, draftOf } from './audited.draft.js';
import { draftOfOutcome, failureOf } from './audited.outcomes.js';
import { type AuditedPlan, planOf } from './audited.plan.js';

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
    const plan = planOf(execution.getHandler());
    if (plan.denials && request) this.scopes.arrived.add(request);
    const context = request ? contextOf(request) : outer?.context;
    const handle = (principal: Partial<AuditPrincipal>): Observable<unknown> | Promise<Observable<unknown>> => {
      const call: Call = {
        execution,
        plan,
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
      succeeded: (result) => this.#record(call, { result }),
      failed: (error) => this.#record(call, { error }),
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
      const drafted = draftBefore(declaration, auditedContext(call), this.recorder.options.resolverTimeoutMs);
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

  /** Never rejects: whatever the handler did is done, and nothing here may change it. */
  async #record(call: Call, what: What): Promise<void> {
    const occurredAt = new Date();
    const { plan, scope, place, intents } = call;
    if ('error' in what && !plan.outcomes) return this.#discard(call);
    try {
      const found = this.recorder.principalOf(scope);
      const principal = found instanceof Promise ? await found : found;
      const context = this.recorder.contextOf(scope);
      const audited = auditedContext(call, what);
      for (const declaration of plan.declarations) {
        const intent = intents?.get(declaration);
        const drafted = this.#draft(declaration, audited, call, what);
        const draft = drafted instanceof Promise ? await drafted : drafted;
        if (!draft) await intent?.discard();
        else if (!isKnown(principal)) this.recorder.skip(draft.action, place, principal);
        else await this.recorder.record({ ...draft, principal, occurredAt, context }, place, intent);
      }
    } catch (error) {
      for (const intent of intents?.values() ?? []) intent.lapse();
      this.recorder.unexpected(place, error);
    }
  }

  /** What a declaration has to say of what happened; nothing, where it does not ask for that outcome. */
  #draft(
    declaration: AuditedDeclaration,
    audited: AuditedContext,
    { scope }: Call,
    what: What,
  ): DeclaredDraft | undefined | Promise<DeclaredDraft | undefined> {
    const { resolverTimeoutMs, events } = this.recorder.options;
    const draft = (): ReturnType<typeof draftOf> =>
      draftOf(declaration, audited, scope.annotations ?? [], resolverTimeoutMs);
    if (!('error' in what)) return draft();
    const outcome = failureOf(declaration, what.error);
    if (!outcome) return undefined;
    const other = (drafted: DeclaredDraft | undefined): DeclaredDraft | undefined =>
      drafted && draftOfOutcome(drafted, outcome, events?.actions.get(outcome.action));
    const drafted = draft();
    return drafted instanceof Promise ? drafted.then(other) : other(drafted);
  }

  async #discard({ intents }: Call): Promise<void> {
    if (intents) await Promise.all([...intents.values()].map((intent) => intent.discard()));
  }
}

function auditedContext({ execution, scope, user }: Call, what?: What): AuditedContext {
  return contextFor({ execution, request: scope.request, user }, what);
}
