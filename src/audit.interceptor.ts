import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { afterFirst, afterLast } from './audit.completion.js';
import type { AuditIntent } from './audit.intent.js';
import { AuditRecorder, isKnown } from './audit.recorder.js';
import { contextOf, requestOf, userOf } from './audit.request.js';
import { type AuditScope, AuditScopes } from './audit.scope.js';
import { AUDIT_RECORDER, AUDIT_SCOPES } from './audit.tokens.js';
import type { AuditedContext } from './audited.context.js';
import { type AuditedDeclaration, auditedDeclarations } from './audited.declaration.js';
import { draftBefore, draftOf } from './audited.draft.js';
import type { AuditUser } from './catalogue/registry.js';

/** Nest's own key for `@Sse` (`SSE_METADATA` of @nestjs/common/constants, which its package exports do not promise). */
const SSE_METADATA = '__sse__';

/** One call of a handler. */
interface Call {
  readonly execution: ExecutionContext;
  readonly scope: AuditScope;
  readonly user: unknown;
  /** What to name in the log, such as `PostsController.remove`. */
  readonly place: string;
  /** With the guarantee `write-ahead`. */
  readonly intents: Map<AuditedDeclaration, AuditIntent>;
}

/** A request's way through: scope, intent, handler, event, outbox. Bound by `@Audited`, once per handler. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    @Inject(AUDIT_RECORDER) private readonly recorder: AuditRecorder,
    @Inject(AUDIT_SCOPES) private readonly scopes: AuditScopes,
  ) {}

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const call = await this.#open(execution);
    await this.#intend(call);
    const handled = this.scopes.bind(call.scope, () => next.handle());
    const streams = Reflect.hasMetadata(SSE_METADATA, execution.getHandler());
    return (streams ? afterFirst : afterLast)(handled, {
      succeeded: (result) => this.#record(call, result),
      failed: () => this.#discard(call),
    });
  }

  async #open(execution: ExecutionContext): Promise<Call> {
    const outer = this.scopes.current;
    const request = requestOf(execution);
    const context = request ? contextOf(request) : outer?.context;
    const principal = await this.recorder.principalOf({ request, execution, principal: outer?.principal });
    return {
      execution,
      scope: { request, execution, context, principal, annotations: [] },
      user: userOf(request),
      place: `${execution.getClass().name}.${execution.getHandler().name}`,
      intents: new Map(),
    };
  }

  /** @throws AuditUnavailableException when an intent cannot be stored, so that the handler does not run */
  async #intend(call: Call): Promise<void> {
    const { guarantee, resolverTimeoutMs } = this.recorder.options;
    const { principal = {} } = call.scope;
    for (const declaration of auditedDeclarations(call.execution.getHandler())) {
      if ((declaration.options.guarantee ?? guarantee) !== 'write-ahead') continue;
      if (!isKnown(principal)) {
        this.recorder.throttle.log(
          `'${declaration.action}' (${call.place}) cannot be written ahead: before the handler there is no actor or no ` +
            'organization. It is recorded after it',
        );
        continue;
      }
      const draft = await draftBefore(declaration, auditedContext(call, undefined), resolverTimeoutMs);
      const context = this.recorder.contextOf(call.scope);
      try {
        // That a resolver knows no result yet is no fault.
        const intent = await this.recorder.intend({ ...draft, principal, context, occurredAt: new Date(), faults: [] });
        call.intents.set(declaration, intent);
      } catch (error) {
        await this.#discard(call);
        throw error;
      }
    }
  }

  /** Never rejects: the handler has succeeded, and nothing here may change that. */
  async #record(call: Call, result: unknown): Promise<void> {
    const occurredAt = new Date();
    const { execution, scope, place, intents } = call;
    try {
      const principal = await this.recorder.principalOf(scope);
      const { resolverTimeoutMs } = this.recorder.options;
      const context = this.recorder.contextOf(scope);
      const audited = auditedContext(call, result);
      for (const declaration of auditedDeclarations(execution.getHandler())) {
        const intent = intents.get(declaration);
        const draft = await draftOf(declaration, audited, scope.annotations ?? [], resolverTimeoutMs);
        if (!draft) await intent?.discard();
        else if (!isKnown(principal)) this.recorder.skip(declaration.action, place, principal);
        else await this.recorder.record({ ...draft, principal, occurredAt, context }, place, intent);
      }
    } catch (error) {
      for (const intent of intents.values()) intent.lapse();
      this.recorder.unexpected(place, error);
    }
  }

  async #discard({ intents }: Call): Promise<void> {
    await Promise.all([...intents.values()].map((intent) => intent.discard()));
  }
}

function auditedContext({ execution, scope, user }: Call, result: unknown): AuditedContext {
  const request = scope.request ?? { headers: {} };
  return {
    request,
    params: (request.params ?? {}) as Record<string, string>,
    query: (request.query ?? {}) as Record<string, unknown>,
    body: request.body,
    args: execution.getArgs(),
    result,
    user: (user ?? userOf(request)) as AuditUser,
    execution,
  };
}
