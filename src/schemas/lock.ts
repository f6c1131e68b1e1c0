import { AuditConfigurationError } from '../audit.errors.js';
import { messageOf } from '../event/text.js';
import { recordOf } from './schema.wire.js';
import type { AuditSchemaLock } from '../catalogue/versions.js';

/** The lock as text: one line for each version, so that a change of one is a change of one line. */
export function formatLock(lock: AuditSchemaLock): string {
  const actions = Object.entries(lock.actions).map(([action, entries]) => {
    const lines = entries.map((entry) => `      ${inline(entry)}`);
    return `    ${JSON.stringify(action)}: [\n${lines.join(',\n')}\n    ]`;
  });
  return [
    '{',
    `  "lockfileVersion": ${lock.lockfileVersion},`,
    ...(lock.catalogue ? [`  "catalogue": ${inline(lock.catalogue)},`] : []),
    ...(actions.length > 0 ? ['  "actions": {', actions.join(',\n'), '  }'] : ['  "actions": {}']),
    '}\n',
  ].join('\n');
}

/** Reads a lock. @throws AuditConfigurationError that names the file, each wrong place, and what to do */
export function parseLock(text: string, path: string): AuditSchemaLock {
  let lock: unknown;
  try {
    lock = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = /^<{7} /m.test(text) ? 'has a merge conflict' : `is no JSON: ${messageOf(error)}`;
    throw new AuditConfigurationError(path, [`${why}. Take it from git or delete it, then ${REMEDY}`]);
  }
  const faults = lockFaults(lock);
  if (faults.length > 0) throw new AuditConfigurationError(path, faults);
  return lock as AuditSchemaLock;
}

const REMEDY = 'run `npx workos-audit schemas push`, which writes it anew';

/** What is wrong with something that ought to be a lock, place by place, and what to do. */
export function lockFaults(lock: unknown): string[] {
  const { lockfileVersion, actions, catalogue } = recordOf(lock);
  if (lockfileVersion !== 1) {
    return typeof lockfileVersion === 'number'
      ? [`is of lockfileVersion ${lockfileVersion}, this release knows 1. Update nestjs-workos-audit`]
      : [`has no \`lockfileVersion\`, so it is no lock. Delete it, then ${REMEDY}`];
  }
  if (!isRecord(actions)) return [`\`actions\` must be an object of lists of versions. Correct it, or ${REMEDY}`];
  const faults = Object.entries(actions).flatMap(([action, entries]) => entryFaults(action, entries));
  if (catalogue !== undefined && !isRecord(catalogue)) faults.unshift('`catalogue` must be an object');
  return faults.length === 0 ? [] : [...faults, `correct this, or delete the file and ${REMEDY}`];
}

function entryFaults(action: string, entries: unknown): string[] {
  if (!Array.isArray(entries)) return [`\`actions['${action}']\` must be a list of versions`];
  return entries.flatMap((entry: unknown, index) => {
    const { version, targets, digest } = recordOf(entry);
    const place = `\`actions['${action}'][${index}]`;
    return [
      ...(Number.isInteger(version) && (version as number) > 0
        ? []
        : [`${place}.version\` must be a whole number above 0`]),
      ...(isTextList(targets) ? [] : [`${place}.targets\` must be a list of target types`]),
      ...(digest === undefined || typeof digest === 'string' ? [] : [`${place}.digest\` must be text`]),
    ];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

function inline(value: object): string {
  const parts = Object.entries(value).map(([key, part]: [string, unknown]) => {
    const text = Array.isArray(part) ? `[${part.map((one) => JSON.stringify(one)).join(', ')}]` : JSON.stringify(part);
    return `${JSON.stringify(key)}: ${text}`;
  });
  return `{ ${parts.join(', ')} }`;
}
