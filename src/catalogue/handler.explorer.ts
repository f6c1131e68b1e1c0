import 'reflect-metadata';
import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { AuditConfigurationError } from '../audit.errors.js';
import { type AuditedDeclaration, auditedDeclarations } from '../audited.declaration.js';
import type { AuditCatalogue } from './define.js';

/** An audited method of a controller, resolver or gateway. */
export interface AuditedHandler {
  /** `PostsController.remove` */
  readonly place: string;
  readonly handler: object;
  readonly declarations: readonly AuditedDeclaration[];
}

/**
 * By one of these metadata keys Nest calls a method with interceptors: `path` of HTTP routes, the patterns of
 * microservices, the messages of WebSocket gateways, the operations of GraphQL resolvers.
 */
const HANDLER_KEYS = ['path', 'microservices:pattern', 'websockets:message_mapping', 'graphql:resolver_type'];

/** Nest's own key for `@UseInterceptors`, part of no export of its package. */
const INTERCEPTORS_METADATA = '__interceptors__';

/** Finds every `@Audited` of an application. */
@Injectable()
export class HandlerExplorer {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  /** @throws AuditConfigurationError that names each `@Audited` which can never record what it says. */
  check(catalogue: AuditCatalogue | undefined): void {
    const faults = this.handlers().flatMap((handler) => faultsOf(handler, catalogue));
    if (faults.length > 0) throw new AuditConfigurationError('@Audited', faults);
  }

  /**
   * Puts the interceptor next to the handler, so that it sees what the handler did and returned, whatever other
   * interceptors make of it. Nest runs those of a method in the order in which its decorators are applied, from the bottom
   * up, so the one of `@Audited` would be outside of those that are written above it. To be called before Nest reads them.
   */
  placeInnermost(interceptor: object): void {
    for (const { handler } of this.handlers()) {
      const bound = (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? []) as object[];
      const others = bound.filter((other) => other !== interceptor);
      if (others.length < bound.length)
        Reflect.defineMetadata(INTERCEPTORS_METADATA, [...others, interceptor], handler);
    }
  }

  handlers(): AuditedHandler[] {
    const wrappers = [...this.discovery.getControllers(), ...this.discovery.getProviders()];
    const classes = new Set(
      wrappers.map(({ metatype }) => metatype).filter((metatype) => typeof metatype === 'function'),
    );
    return [...classes].flatMap((metatype) => this.#handlersOf(metatype));
  }

  #handlersOf({ name, prototype }: Function): AuditedHandler[] {
    if (typeof prototype !== 'object' || prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype as object).flatMap((method) => {
      const handler = (prototype as Record<string, unknown>)[method];
      const declarations = typeof handler === 'function' ? auditedDeclarations(handler) : [];
      return declarations.length === 0
        ? []
        : [{ place: `${name}.${method}`, handler: handler as object, declarations }];
    });
  }
}

function faultsOf({ place, handler, declarations }: AuditedHandler, catalogue: AuditCatalogue | undefined): string[] {
  const faults = declarations.flatMap(({ action, options }) => {
    const definition = catalogue?.actions.get(action);
    if (!catalogue) return [];
    if (!definition)
      return [`'${action}' on ${place} is not in the catalogue; add it to defineAuditEvents(), or correct the name`];
    const types = definition.targets.map(({ type }) => type);
    return Object.keys(options.targets ?? {})
      .filter((type) => !types.includes(type))
      .map((type) => `'${action}' on ${place}: the action has no target type '${type}'; it has ${types.join(', ')}`);
  });
  if (HANDLER_KEYS.some((key) => Reflect.hasMetadata(key, handler))) return faults;
  return [
    ...faults,
    `'${declarations[0]?.action}' on ${place}: Nest does not call this method as a handler, so nothing would be recorded. ` +
      `Put @Audited on a route, or call AuditService.record() in the method`,
  ];
}
