import 'reflect-metadata';
import { recordOf } from '../../schemas/schema.wire.js';
import { CliError } from '../cli.error.js';

/** The metadata keys of `@Module`, and the properties of a dynamic module. */
export const MODULE_KEYS = ['imports', 'controllers', 'providers'] as const;

/** Whether something is a class with `@Module`. */
export function isModuleClass(value: unknown): value is Function {
  return typeof value === 'function' && MODULE_KEYS.some((key) => Reflect.hasOwnMetadata(key, value));
}

/** The root module among the exports of a file. @throws CliError */
export function chooseModule(exports: ReadonlyMap<string, unknown>, file: string, name?: string): unknown {
  const names = [...exports.keys()].join(', ') || 'nothing';
  if (name !== undefined) {
    const value = exports.get(name);
    if (isModule(value)) return value;
    throw new CliError(`the export '${name}' of ${file} is no Nest module. It exports: ${names}`);
  }
  const found = [...exports].filter(([, value]) => isModule(value));
  const [first] = found;
  if (!first) {
    throw new CliError(
      `${file} exports no Nest module. Name the compiled file of the root module with --app. It exports: ${names}`,
    );
  }
  if (new Set(found.map(([, value]) => value)).size === 1) return first[1];
  throw new CliError(
    `${file} exports several modules: ${found.map(([one]) => one).join(', ')}. Choose the root with --export.`,
  );
}

function isModule(value: unknown): boolean {
  return isModuleClass(value) || typeof recordOf(value)['module'] === 'function';
}
