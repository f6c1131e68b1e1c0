import type { AuditCatalogue } from '../catalogue/define.js';
import { recordOf } from '../schemas/schema.wire.js';
import { CliError } from './cli.error.js';
import { loadModule } from './load-module.js';

/** Loads the catalogue that a file exports. @throws CliError if there is none, or more than one and no name */
export async function loadCatalogue(file: string, exportName?: string): Promise<AuditCatalogue> {
  const exports = exportsOf(await loadModule(file));
  if (exportName !== undefined) {
    const value = exports.get(exportName);
    if (isCatalogue(value)) return value;
    const why = exports.has(exportName) ? 'is no catalogue made by defineAuditEvents()' : 'does not exist';
    throw new CliError(`the export '${exportName}' of ${file} ${why}. It exports: ${[...exports.keys()].join(', ')}`);
  }
  const found = [...exports].filter((entry): entry is [string, AuditCatalogue] => isCatalogue(entry[1]));
  const [first] = found;
  if (!first) {
    throw new CliError(
      `${file} exports no catalogue. Write: export const auditEvents = defineAuditEvents({ … }). ` +
        `It exports: ${[...exports.keys()].join(', ') || 'nothing'}`,
    );
  }
  if (new Set(found.map(([, catalogue]) => catalogue)).size === 1) return first[1];
  throw new CliError(
    `${file} exports several catalogues: ${found.map(([name]) => name).join(', ')}. Choose one with --export.`,
  );
}

/** By name; what a CommonJS file exports is in `default` as well. */
export function exportsOf(namespace: object): Map<string, unknown> {
  const { default: fallback } = namespace as { default?: unknown };
  const inner = isCatalogue(fallback) || typeof fallback !== 'object' ? {} : recordOf(fallback);
  const exports = new Map([...Object.entries(inner), ...Object.entries(namespace)]);
  if (Object.keys(inner).length > 0) exports.delete('default');
  for (const synthetic of ['module.exports', '__esModule']) exports.delete(synthetic);
  return exports;
}

/** By its shape, because the catalogue may come from another copy of the package. */
function isCatalogue(value: unknown): value is AuditCatalogue {
  const { actions, events, actorTarget } = recordOf(value);
  return actions instanceof Map && typeof events === 'object' && actorTarget !== undefined;
}
