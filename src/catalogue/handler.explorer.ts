import 'reflect-metadata';
import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { AUDIT_INTERCEPTOR } from '../audit.tokens.js';
import { type AuditedDeclaration, auditedDeclarations } from '../audited.declaration.js';
import { notAuditedReason } from '../not-audited.decorator.js';
import { routesOf } from './handler.routes.js';

/** A method of a controller, resolver, gateway or provider that Nest calls, or that is `@Audited`. */
export interface AuditHandler {
  readonly controller: string;
  readonly method: string;
  readonly handler: object;
  /** What makes Nest call it, such as `DELETE /posts/:id`; empty when nothing does. */
  readonly routes: readonly string[];
  /** Whether it changes something: POST, PUT, PATCH, DELETE, ALL, or a GraphQL mutation. */
  readonly mutates: boolean;
  /** Whether it answers HTTP requests itself, as methods of controllers do. */
  readonly http: boolean;
  readonly declarations: readonly AuditedDeclaration[];
  /** The reason of `@NotAudited`, of the method or its class. */
  readonly notAudited?: string;
}

/** Nest's own key for `@UseInterceptors`, part of no export of its package. */
const INTERCEPTORS_METADATA = '__interceptors__';

/** Also that of another copy of the package, which a library may have brought. */
function isAuditInterceptor(interceptor: object): boolean {
  return AUDIT_INTERCEPTOR in interceptor;
}

/** Finds the handlers of an application. */
@Injectable()
export class HandlerExplorer {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  /**
   * Puts the interceptor next to the handler, so that it sees what the handler did and returned, whatever other
   * interceptors make of it. Nest runs those of a method in the order in which its decorators are applied, from the bottom
   * up, so the one of `@Audited` would be outside of those that are written above it. To be called before Nest reads them.
   */
  placeInnermost(): void {
    for (const { handler } of this.handlers().filter(({ declarations }) => declarations.length > 0)) {
      const bound = (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? []) as object[];
      const others = bound.filter((other) => !isAuditInterceptor(other));
      if (others.length === bound.length) continue;
      const ours = bound.filter(isAuditInterceptor);
      Reflect.defineMetadata(INTERCEPTORS_METADATA, [...others, ...ours], handler);
    }
  }

  handlers(): AuditHandler[] {
    const wrappers = [...this.discovery.getControllers(), ...this.discovery.getProviders()];
    const classes = new Set(
      wrappers.map(({ metatype }) => metatype).filter((metatype) => typeof metatype === 'function'),
    );
    return [...classes].flatMap((metatype) => this.#handlersOf(metatype));
  }

  #handlersOf(owner: Function): AuditHandler[] {
    const prototype: unknown = owner.prototype;
    if (typeof prototype !== 'object' || prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((method): AuditHandler[] => {
      const handler: unknown = (prototype as Record<string, unknown>)[method];
      if (typeof handler !== 'function') return [];
      const declarations = auditedDeclarations(handler);
      const { routes, mutates, http } = routesOf(owner, handler);
      if (declarations.length === 0 && routes.length === 0) return [];
      const notAudited = notAuditedReason(handler, owner);
      return [{ controller: owner.name, method, handler, routes, mutates, http, declarations, notAudited }];
    });
  }
}
