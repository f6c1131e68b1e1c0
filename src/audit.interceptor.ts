import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { afterFirst, afterLast } from './audit.completion.js';
import { AuditRecorder, isKnown } from './audit.recorder.js';
import { contextOf, requestOf, userOf } from './audit.request.js';
import type { AuditUser } from './catalogue/registry.js';
import { type AuditScope, AuditScopes } from './audit.scope.js';
import { AUDIT_RECORDER, AUDIT_SCOPES } from './audit.tokens.js';
import type { AuditedContext } from './audited.context.js';
import { auditedDeclarations } from './audited.declaration.js';
import { draftOf } from './audited.draft.js';

/** Nest's own key for `@Sse` (`SSE_METADATA` of @nestjs/common/constants, which its package exports do not promise). */
const SSE_METADATA = '__sse__';

/** A request's way through: scope, handler, event, outbox. Bound by `@Audited`, once per handler. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    @Inject(AUDIT_RECORDER) private readonly recorder: AuditRecorder,
    @Inject(AUDIT_SCOPES) private readonly scopes: AuditScopes,
  ) {}

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const scope = await this.#open(execution);
    const handled = this.scopes.bind(scope, () => next.handle());
    const streams = Reflect.hasMetadata(SSE_METADATA, execution.getHandler());
    return (streams ? afterFirst : afterLast)(handled, (result) => this.#record(execution, scope, result));
  }

  async #open(execution: ExecutionContext): Promise<AuditScope & { readonly user: unknown }> {
    const outer = this.scopes.current;
    const request = requestOf(execution);
    const scope = {
      request,
      execution,
      principal: outer?.principal,
      context: request ? contextOf(request) : outer?.context,
    };
    return { ...scope, principal: await this.recorder.principalOf(scope), annotations: [], user: userOf(request) };
  }

  /** Never rejects: the handler has succeeded, and nothing here may change that. */
  async #record(
    execution: ExecutionContext,
    scope: AuditScope & { readonly user: unknown },
    result: unknown,
  ): Promise<void> {
    const occurredAt = new Date();
    const place = `${execution.getClass().name}.${execution.getHandler().name}`;
    try {
      const principal = await this.recorder.principalOf(scope);
      const { resolverTimeoutMs } = this.recorder.options;
      const audited = auditedContext(execution, scope, result);
      for (const declaration of auditedDeclarations(execution.getHandler())) {
        const draft = await draftOf(declaration, audited, scope.annotations ?? [], resolverTimeoutMs);
        if (!draft) continue;
        const context = this.recorder.contextOf(scope);
        if (isKnown(principal)) await this.recorder.record({ ...draft, principal, occurredAt, context }, place);
        else this.recorder.skip(declaration.action, place, principal);
      }
    } catch (error) {
      this.recorder.unexpected(place, error);
    }
  }
}

function auditedContext(
  execution: ExecutionContext,
  scope: AuditScope & { readonly user: unknown },
  result: unknown,
): AuditedContext {
  const request = scope.request ?? { headers: {} };
  return {
    request,
    params: (request.params ?? {}) as Record<string, string>,
    query: (request.query ?? {}) as Record<string, unknown>,
    body: request.body,
    args: execution.getArgs(),
    result,
    user: (scope.user ?? userOf(request)) as AuditUser,
    execution,
  };
}
