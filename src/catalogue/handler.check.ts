import type { AuditGuarantee } from '../audit.options.js';
import type { AuditedDeclaration } from '../audited.declaration.js';
import { outcomeActions } from '../audited.outcomes.js';
import type { AuditAction, AuditCatalogue } from './define.js';
import type { AuditHandler } from './handler.explorer.js';

/** What can never be recorded as it is declared: each fault with its controller, method, action and fix. */
export function handlerFaults(
  handlers: readonly AuditHandler[],
  catalogue: AuditCatalogue | undefined,
  guarantee: AuditGuarantee,
): string[] {
  return handlers.flatMap(({ controller, method, routes, http, declarations }) => {
    const faults = declarations.flatMap((declaration) =>
      [...declarationFaults(declaration, catalogue, guarantee), ...(http ? [] : deniedFaults(declaration))].map(
        (fault) => `${controller}.${method}, '${declaration.action}': ${fault}`,
      ),
    );
    if (declarations.length === 0 || routes.length > 0) return faults;
    return [
      ...faults,
      `${controller}.${method}, '${declarations[0]?.action}': Nest does not call this method as a handler, so nothing would ` +
        'be recorded. Put @Audited on a route, or call AuditService.record() in the method',
    ];
  });
}

/** What a guard refuses is seen at the response, and only a route of HTTP has one. */
function deniedFaults({ options }: AuditedDeclaration): string[] {
  return options.denied === undefined
    ? []
    : ['`denied` works on routes of HTTP; here, record what is refused in the guard, with AuditService.record()'];
}

/** Routes that change something and say nothing of auditing. */
export function uncoveredRoutes(handlers: readonly AuditHandler[]): string[] {
  return handlers
    .filter(({ mutates, declarations, notAudited }) => mutates && declarations.length === 0 && notAudited === undefined)
    .flatMap(({ controller, method, routes }) => routes.map((route) => `${route} (${controller}.${method})`));
}

/** What to do about them. */
export const COVERAGE_FIX = "Put @Audited('…') on each, or @NotAudited('reason')";

/** What can never be recorded as it is declared, of one declaration. */
export function declarationFaults(
  { action, options }: AuditedDeclaration,
  catalogue: AuditCatalogue | undefined,
  guarantee: AuditGuarantee,
): string[] {
  if (!catalogue) return [];
  const definition = catalogue.actions.get(action);
  if (!definition)
    return [
      `the action is not in the catalogue; add it to defineAuditEvents(), or correct the name${like(action, catalogue)}`,
    ];
  return [
    ...targetFaults(definition, options.targets ?? {}, catalogue),
    ...metadataFaults(definition, options.metadata),
    ...writeAheadFaults(definition, options.guarantee ?? guarantee),
    ...outcomeActions({ options }).flatMap(([name, other]) =>
      outcomeFaults(name, other, options.targets ?? {}, catalogue),
    ),
  ];
}

/** The event of another outcome has the targets that its action shares with the declaration, and must have its own required ones. */
function outcomeFaults(
  name: string,
  action: string,
  given: Readonly<Record<string, unknown>>,
  catalogue: AuditCatalogue,
): string[] {
  const definition = catalogue.actions.get(action);
  if (!definition) {
    return [
      `\`${name}\`: the action '${action}' is not in the catalogue; add it to defineAuditEvents()${like(action, catalogue)}`,
    ];
  }
  return missingTargets(definition, given, catalogue).map(
    (type) =>
      `\`${name}\`: the action '${action}' has the target type '${type}', which \`targets\` does not give; give it, or make it ` +
      `optional('${type}') there`,
  );
}

function targetFaults(
  definition: AuditAction,
  given: Readonly<Record<string, unknown>>,
  catalogue: AuditCatalogue,
): string[] {
  const types = definition.targets.map(({ type }) => type);
  const unknown = Object.keys(given).filter((type) => !types.includes(type));
  return [
    ...unknown.map((type) => `the action has no target type '${type}'; it has ${types.join(', ')}`),
    ...missingTargets(definition, given, catalogue).map(
      (type) =>
        `the target '${type}' is missing; give it in \`targets\`, such as { ${type}: ({ params }) => params.id }`,
    ),
  ];
}

/** The types that the action demands, that do not fill themselves, and that are not given. */
function missingTargets(
  { targets }: AuditAction,
  given: Readonly<Record<string, unknown>>,
  { actorTarget, groupTarget }: AuditCatalogue,
): string[] {
  return targets
    .filter(({ type, optional }) => !optional && type !== actorTarget && type !== groupTarget && !(type in given))
    .map(({ type }) => type);
}

function metadataFaults({ metadata: schema }: AuditAction, given: unknown): string[] {
  if (schema === undefined || typeof given !== 'object' || given === null) return [];
  return Object.keys(given)
    .filter((key) => !Object.hasOwn(schema, key))
    .map((key) => `the action has no metadata '${key}'; it has ${Object.keys(schema).join(', ')}`);
}

/** An intent that is delivered after a crash says so in its metadata, which the schema must allow. */
function writeAheadFaults({ metadata: schema }: AuditAction, guarantee: AuditGuarantee): string[] {
  if (guarantee !== 'write-ahead' || schema === undefined || schema.outcome === 'string') return [];
  return [
    "the guarantee 'write-ahead' needs the metadata `outcome: 'string'`; add it to the action in defineAuditEvents()",
  ];
}

/** A hint, where a name of the catalogue has the same letters in another order or case. */
function like(action: string, { actions }: AuditCatalogue): string {
  const letters = (name: string): string => name.toLowerCase().split('').toSorted().join('');
  const match = [...actions.keys()].find((name) => letters(name) === letters(action));
  return match ? ` (did you mean '${match}'?)` : '';
}
