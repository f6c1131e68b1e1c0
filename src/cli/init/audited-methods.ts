import 'reflect-metadata';
import { type AuditedDeclaration, auditedDeclarations } from '../../audited.declaration.js';
import { recordOf } from '../../schemas/schema.wire.js';
import { isModuleClass, MODULE_KEYS } from './root-module.js';

/** A method that is `@Audited`. */
export interface AuditedMethod {
  /** `PostsController.create` */
  readonly place: string;
  readonly declarations: readonly AuditedDeclaration[];
}

/** Finds every `@Audited` method of a module and what it imports, without making an instance of anything. */
export async function auditedMethods(root: unknown): Promise<AuditedMethod[]> {
  const classes = new Set<Function>();
  await collect(root, classes, new Set());
  return [...classes].flatMap(methodsOf);
}

async function collect(item: unknown, classes: Set<Function>, seen: Set<unknown>): Promise<void> {
  const module = resolveForward(await item);
  if (module === undefined || module === null || seen.has(module)) return;
  seen.add(module);
  const { module: metatype, ...dynamic } = recordOf(module);
  const lists = MODULE_KEYS.map((key) => [key, listOf(dynamic[key])] as const);
  const declared = isModuleClass(module) ? MODULE_KEYS.map((key) => [key, metadataList(module, key)] as const) : [];
  for (const [key, list] of [...lists, ...declared]) {
    for (const entry of list) {
      if (key === 'imports') await collect(entry, classes, seen);
      else for (const one of classesOf(entry)) classes.add(one);
    }
  }
  await collect(metatype, classes, seen);
}

/** The class behind an entry of `controllers` or `providers`. */
function classesOf(entry: unknown): Function[] {
  const provider = resolveForward(entry);
  if (typeof provider === 'function') return [provider];
  const { useClass, useValue } = recordOf(provider);
  if (typeof useClass === 'function') return [useClass];
  const { constructor } = typeof useValue === 'object' && useValue !== null ? useValue : {};
  return typeof constructor === 'function' && constructor !== Object ? [constructor] : [];
}

function methodsOf(metatype: Function): AuditedMethod[] {
  const methods = new Map<string, AuditedMethod>();
  for (let type: object | null = metatype.prototype as object | null; type && type !== Object.prototype;) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      const declarations = typeof value === 'function' ? auditedDeclarations(value as object) : [];
      // A method of a class hides that of its base class.
      if (!methods.has(name)) methods.set(name, { place: `${metatype.name}.${name}`, declarations });
    }
    type = Object.getPrototypeOf(type) as object | null;
  }
  return [...methods.values()].filter(({ declarations }) => declarations.length > 0);
}

function resolveForward(item: unknown): unknown {
  const { forwardRef } = recordOf(item);
  return typeof forwardRef === 'function' ? (forwardRef as () => unknown)() : item;
}

function metadataList(module: Function, key: string): readonly unknown[] {
  return listOf(Reflect.getMetadata(key, module));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
