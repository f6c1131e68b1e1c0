import 'reflect-metadata';
import { UseInterceptors } from '@nestjs/common';
import { AuditConfigurationError } from './audit.errors.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AUDITED } from './audit.tokens.js';
import {
  type AuditedDeclaration,
  auditedDeclarations,
  type AuditedOptions,
  optionFaults,
} from './audited.declaration.js';
import type { AuditActionName, HandlerReturn, OptionsArgument } from './catalogue/typed.js';
import { describeValue } from './event/text.js';

/** The decorator that `@Audited` gives: where the result is named, the method must return it. */
export type AuditedMethodDecorator<Result> = 0 extends 1 & Result
  ? MethodDecorator // `any`: nothing to check, and `applyDecorators` wants this type
  : <Method extends (...args: never[]) => HandlerReturn<Result>>(
      target: object,
      method: string | symbol,
      descriptor: TypedPropertyDescriptor<Method>,
    ) => void;

/**
 * Records an audit event each time the handler succeeds. May stand several times on one handler.
 *
 * @example
 * \@Delete(':id')
 * \@Audited('post.delete', { targets: { post: ({ params }) => params.id } })
 * remove(@Param('id') id: string) { return this.posts.remove(id); }
 *
 * @throws AuditConfigurationError while the class is loaded: on what is no instance method, or with unknown options.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export function Audited<Action extends AuditActionName = AuditActionName, Result = any>(
  action: Action,
  ...rest: OptionsArgument<Action, AuditedOptions<NoInfer<Action>, Result>>
): AuditedMethodDecorator<Result> {
  const [options = {}] = rest as [AuditedDeclaration['options']?];
  const decorator: MethodDecorator = (target, property, descriptor) => {
    const place = `@Audited(${describeValue(action)}) on ${placeOf(target, property)}`;
    const faults = [...optionFaults(action, options), ...positionFaults(target, descriptor)];
    if (faults.length > 0) throw new AuditConfigurationError(place, faults);
    const handler = (descriptor as PropertyDescriptor).value as object;
    const others = auditedDeclarations(handler);
    // Decorators are applied from the bottom up; the declarations are kept in the order in which they are read.
    Reflect.defineMetadata(AUDITED, [{ action, options }, ...others], handler);
    if (others.length === 0) UseInterceptors(AuditInterceptor)(target, property, descriptor);
  };
  return decorator;
}

function placeOf(target: unknown, property: string | symbol | undefined): string {
  const owner = typeof target === 'function' ? target.name : (target as object | undefined)?.constructor?.name;
  return property === undefined ? `class ${owner}` : `${owner}.${String(property)}`;
}

function positionFaults(target: unknown, descriptor: PropertyDescriptor | undefined): string[] {
  if (typeof target === 'function') {
    return [
      descriptor
        ? 'stands on a static method, which Nest never calls; make it an instance method'
        : 'stands on a class; put it on a method',
    ];
  }
  return typeof descriptor?.value === 'function'
    ? []
    : ['stands on what is no method; put it on a method of a controller'];
}
