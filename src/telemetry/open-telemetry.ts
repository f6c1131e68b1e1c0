import { Logger } from '@nestjs/common';
import { messageOf } from '../event/text.js';

/** `@opentelemetry/api`, a peer that an application need not have. */
export type OpenTelemetry = typeof import('@opentelemetry/api');

const MISSING: readonly unknown[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

/** The application's OpenTelemetry API. Without an SDK behind it all of its calls do nothing. */
export async function loadOpenTelemetry(
  load: () => Promise<OpenTelemetry> = () => import('@opentelemetry/api'),
): Promise<OpenTelemetry | undefined> {
  try {
    // A provider must have a constructor: @nestjs/graphql reads that of each, and a module's namespace has none.
    return { ...(await load()) };
  } catch (error) {
    if (!MISSING.includes((error as { code?: unknown } | undefined)?.code)) {
      new Logger('AuditModule').warn(`There are no metrics: @opentelemetry/api cannot be loaded: ${messageOf(error)}`);
    }
    return undefined;
  }
}

/**
 * Calls something that no span of the application shall show, nor be the parent of. The key is that of `suppressTracing` in
 * @opentelemetry/core, which all instrumentations heed; keys of the same name are the same.
 */
export function untraced<T>(otel: OpenTelemetry | undefined, call: () => T): T {
  if (!otel) return call();
  const key = otel.createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
  return otel.context.with(otel.ROOT_CONTEXT.setValue(key, true), call);
}
