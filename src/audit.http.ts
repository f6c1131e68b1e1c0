import type { AbstractHttpAdapter } from '@nestjs/core';
import type { AuditRequest } from './audit.request.js';
import type { AuditScopes } from './audit.scope.js';

/** The part of Fastify that is used. */
interface FastifyLike {
  addHook(name: 'preHandler', hook: (request: AuditRequest, reply: unknown, done: () => void) => void): unknown;
}

/**
 * Lets `AuditService.record` know the request wherever in it it is called, audited handler or not. The scope holds the
 * request and nothing else: who acts is asked when something is recorded.
 *
 * It is mounted on the server itself and not by Nest's `MiddlewareConsumer`: that one gives Fastify's raw request, on which
 * no guard puts a user, and matches every path. Called from `configure()`, it stands behind the body parsers, which may
 * lose the AsyncLocalStorage, and before the routes.
 */
export function openRequestScopes(adapter: AbstractHttpAdapter | undefined, scopes: AuditScopes): void {
  if (adapter?.getType?.() === 'fastify') {
    const fastify = adapter.getInstance<FastifyLike>();
    fastify.addHook('preHandler', (request, _reply, done) => scopes.run({ request }, done));
  } else if (adapter?.use) {
    adapter.use((request: AuditRequest, _response: unknown, next: () => void) => scopes.run({ request }, next));
  }
}
