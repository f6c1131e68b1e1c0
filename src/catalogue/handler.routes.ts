import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';

// Nest's own metadata keys, which its packages export from no stable place: @nestjs/common/constants (`path`, `method`),
// @nestjs/microservices, @nestjs/websockets and @nestjs/graphql.
const PATH = 'path';
const METHOD = 'method';
const MESSAGE_PATTERN = 'microservices:pattern';
const GATEWAY_MESSAGE = 'websockets:message_mapping';
const GATEWAY_MESSAGE_NAME = 'message';
const RESOLVER_TYPE = 'graphql:resolver_type';

const MUTATING = new Set([
  RequestMethod.POST,
  RequestMethod.PUT,
  RequestMethod.PATCH,
  RequestMethod.DELETE,
  RequestMethod.ALL,
]);

/**
 * What makes Nest call a method, in words: `DELETE /posts/:id`, `message users.create`, `Mutation deletePost`. A global
 * prefix and a version are not part of it, since they are set when the application is made.
 */
export function routesOf(owner: Function, handler: Function): { routes: string[]; mutates: boolean; http: boolean } {
  const path = metadata<string | string[]>(PATH, handler);
  const method = metadata<RequestMethod>(METHOD, handler) ?? RequestMethod.GET;
  if (path !== undefined) {
    const prefixes = [metadata<string | string[]>(PATH, owner) ?? ''].flat();
    const routes = prefixes.flatMap((prefix) =>
      [path].flat().map((suffix) => `${RequestMethod[method]} ${join(prefix, suffix)}`),
    );
    return { routes, mutates: MUTATING.has(method), http: true };
  }
  const operation = metadata<string>(RESOLVER_TYPE, handler);
  if (operation !== undefined)
    return { routes: [`${operation} ${handler.name}`], mutates: operation === 'Mutation', http: false };
  const pattern = metadata<unknown>(MESSAGE_PATTERN, handler);
  if (pattern !== undefined)
    return { routes: [pattern].flat().map((one) => `message ${words(one)}`), mutates: false, http: false };
  if (metadata<boolean>(GATEWAY_MESSAGE, handler)) {
    return { routes: [`socket ${words(metadata(GATEWAY_MESSAGE_NAME, handler))}`], mutates: false, http: false };
  }
  return { routes: [], mutates: false, http: false };
}

function metadata<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}

function join(prefix: string, suffix: string): string {
  return `/${[prefix, suffix]
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
