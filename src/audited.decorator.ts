import 'reflect-metadata';
import { UseInterceptors } from '@nestjs/common';
import { AuditConfigurationError } from './audit.errors.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AUDITED } from './audit.tokens.js';
import { type AuditedDeclaration, auditedDeclarations, type AuditedOptions } from './audited.declaration.js';
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

const OPTION_NAMES: readonly string[] = ['targets', 'metadata', 'when', 'failure', 'denied', 'guarantee'];

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
    const faults = [...declarationFaults(action, options), ...positionFaults(target, descriptor)];
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

function declarationFaults(action: unknown, options: AuditedDeclaration['options']): string[] {
  if (typeof action !== 'string' || action.trim() === '') return [`the action must be a name such as 'post.delete'`];
  if (typeof options !== 'object' || options === null)
    return [`the options must be an object such as { targets: { post: … } }`];
  return [
    ...Object.keys(options)
      .filter((name) => !OPTION_NAMES.includes(name))
      .map((name) => `there is no option \`${name}\`; the options are ${OPTION_NAMES.join(', ')}`),
    ...(options.targets === undefined || isRecord(options.targets)
      ? []
      : [
          `\`targets\` is ${describeValue(options.targets)}; expected an object by target type, such as { post: ({ params }) => params.id }`,
        ]),
    ...(options.metadata === undefined || typeof options.metadata === 'function' || isRecord(options.metadata)
      ? []
      : [`\`metadata\` is ${describeValue(options.metadata)}; expected an object or a function that gives one`]),
    ...(options.when === undefined || typeof options.when === 'function'
      ? []
      : ['`when` must be a function of the audited context']),
    ...outcomeFaults('failure', options.failure, 'message'),
    ...outcomeFaults('denied', options.denied, 'anonymous'),
    ...([undefined, 'after', 'write-ahead'].includes(options.guarantee)
      ? []
      : [`\`guarantee\` is ${describeValue(options.guarantee)}; expected 'after' or 'write-ahead'`]),
  ];
}

function outcomeFaults(name: string, given: unknown, flag: string): string[] {
  if (given === undefined || isName(given)) return [];
  const { action, ...rest } = isRecord(given) ? (given as Record<string, unknown>) : {};
  const keys = Object.keys(rest).filter((key) => key !== flag);
  if (isName(action) && keys.length === 0) return [];
  return [`\`${name}\` is ${describeValue(given)}; expected an action, or { action, ${flag}: true }`];
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
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

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
