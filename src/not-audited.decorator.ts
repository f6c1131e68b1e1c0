import { SetMetadata } from '@nestjs/common';
import { AuditConfigurationError } from './audit.errors.js';
import { NOT_AUDITED } from './audit.tokens.js';

/**
 * Says that a route is not audited, on purpose. The reason is for the auditor.
 *
 * @example
 * \@NotAudited('a health check changes nothing')
 * @throws AuditConfigurationError without a reason.
 */
export function NotAudited(reason: string): MethodDecorator & ClassDecorator {
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw new AuditConfigurationError('@NotAudited()', [`needs a reason, such as @NotAudited('a health check')`]);
  }
  return SetMetadata(NOT_AUDITED, reason);
}

/** Why a handler, or its whole class, is not audited. */
export function notAuditedReason(handler: object, owner?: object): string | undefined {
  return (Reflect.getMetadata(NOT_AUDITED, handler) ?? (owner && Reflect.getMetadata(NOT_AUDITED, owner))) as
    string | undefined;
}
