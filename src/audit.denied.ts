import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { AuditConfigurationError } from './audit.errors.js';
import { contextFor } from './audited.context.js';
import { ANONYMOUS, denialOf, draftOfOutcome } from './audited.outcomes.js';
import { draftBefore } from './audited.draft.js';
import { planOf } from './audited.plan.js';
import { type AuditRecorder, isKnown } from './audit.recorder.js';
import { type AuditRequest, contextOf } from './audit.request.js';
import type { AuditScope } from './audit.scope.js';

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/** How long a guard may go on after its client has left. In milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Sees requests that a guard refuses, which no interceptor does (nestjs/nest#3250): as the first of all guards it lets
 * everything pass, and looks at the response once that is over. A request that never came to its handler and was answered with
 * 403, or with 401 although somebody is known, was refused.
 */
export class DenialGuard implements CanActivate {
  constructor(
    private readonly recorder: AuditRecorder,
    /** The requests that came to their handlers: what became of these is for the interceptor to record. */
    private readonly arrived: { has(request: object): boolean },
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    const request = execution.getType() === 'http' ? this.recorder.requestOf(execution) : undefined;
    if (request && planOf(execution.getHandler()).denials) {
      this.recorder.background(this.#watch(execution, request));
    }
    return true;
  }

  async #watch(execution: ExecutionContext, request: AuditRequest): Promise<void> {
    // Afterwards the socket has no address any more.
    const scope = { request, execution, context: contextOf(request) };
    const status = await statusAtTheEnd(rawResponse(execution));
    if (this.arrived.has(request) || (status !== FORBIDDEN && status !== UNAUTHORIZED)) return;
    await this.#record(scope, status);
  }

  async #record(
    scope: AuditScope & { readonly request: AuditRequest; readonly execution: ExecutionContext },
    status: number,
  ) {
    const { request, execution, context } = scope;
    const { recorder } = this;
    const occurredAt = new Date();
    const place = `${execution.getClass().name}.${execution.getHandler().name}`;
    const found = await recorder.principalOf({ request, execution });
    for (const declaration of planOf(execution.getHandler()).declarations) {
      const { denied } = declaration.options;
      const outcome = denialOf(denied, status);
      if (!outcome) continue;
      const anonymous = typeof denied === 'object' && denied.anonymous === true;
      const principal = found.actor || !anonymous ? found : { ...found, actor: ANONYMOUS };
      // Whoever is not signed in is refused all the time; that is worth an event only where somebody asked for it.
      if (status === UNAUTHORIZED && !principal.actor) continue;
      if (!isKnown(principal)) {
        recorder.skip(outcome.action, place, principal);
        continue;
      }
      const drafted = await draftBefore(
        declaration,
        contextFor({ request, execution }),
        recorder.options.resolverTimeoutMs,
      );
      const draft = draftOfOutcome(drafted, outcome, recorder.options.events?.actions.get(outcome.action));
      await recorder.record({ ...draft, principal, occurredAt, context: context ?? contextOf(request) }, place);
    }
  }
}

/** The status of the answer. Of a client that has left, that which it would have got. */
async function statusAtTheEnd(response: ServerResponse): Promise<number> {
  if (!response.writableFinished) {
    await new Promise<void>((resolve) => {
      response.once('finish', resolve).once('close', resolve);
    });
  }
  // After an abort nothing tells when the answer has been written to nobody.
  for (let waited = 10; !response.writableEnded && waited < PATIENCE_MS; waited *= 2) {
    await sleep(waited, undefined, { ref: false });
  }
  return response.writableEnded ? response.statusCode : 0;
}

/** Node's own response, which Fastify's wraps. */
function rawResponse(execution: ExecutionContext): ServerResponse {
  const response = execution.switchToHttp().getResponse<ServerResponse & { raw?: ServerResponse }>();
  return response.raw ?? response;
}

/**
 * Puts a guard before all others of the application, those of `useGlobalGuards` and `APP_GUARD` included, whose order is
 * otherwise that of the modules. To be called before Nest makes the routes.
 *
 * @throws AuditConfigurationError where Nest does not let us
 */
export function putFirst(guard: CanActivate, moduleRef: ModuleRef): void {
  // Nest offers no way to be first. `@nestjs/swagger` reads the application's configuration from the same place.
  const { container } = moduleRef as unknown as {
    container?: { applicationConfig?: { getGlobalGuards?(): CanActivate[] } };
  };
  const guards = container?.applicationConfig?.getGlobalGuards?.();
  if (!Array.isArray(guards)) {
    throw new AuditConfigurationError('@Audited', [
      '`denied` needs a version of @nestjs/core whose global guards can be reached; 11 and 12 are known to work',
    ]);
  }
  guards.unshift(guard);
}
