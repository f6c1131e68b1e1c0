import { AuditUsageError } from '../../audit.errors.js';
import type { AuditCatalogue } from '../../catalogue/define.js';
import { describeValue } from '../../event/text.js';
import { isFields } from './show.js';

const FIELDS: readonly string[] = [
  'targets',
  'actor',
  'metadata',
  'organizationId',
  'context',
  'version',
  'occurredAt',
  'times',
];

/**
 * An expectation that can never be met would make `.not` pass for ever.
 * @throws AuditUsageError that says what to write instead
 */
export function checkExpectation(
  caller: string,
  action: unknown,
  expectation: unknown,
  catalogue: AuditCatalogue | undefined,
): void {
  const fault = actionFault(action, catalogue) ?? expectationFault(expectation, catalogue, action as string);
  if (fault) throw new AuditUsageError(`${caller}: ${fault}`);
}

function actionFault(action: unknown, catalogue: AuditCatalogue | undefined): string | undefined {
  if (typeof action !== 'string' || action === '')
    return `the action is ${describeValue(action)}; expected a name such as 'post.delete'`;
  if (!catalogue || catalogue.actions.has(action)) return undefined;
  return `the catalogue of the application has no action '${action}'. It has: ${[...catalogue.actions.keys()].join(', ')}`;
}

function expectationFault(
  expectation: unknown,
  catalogue: AuditCatalogue | undefined,
  action: string,
): string | undefined {
  if (!isFields(expectation)) {
    return `the expectation is ${describeValue(expectation)}; expected an object such as { targets: { post: 'p1' } }`;
  }
  const unknown = Object.keys(expectation).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return `there is no field \`${unknown}\`; the fields are ${FIELDS.join(', ')}`;
  const { targets, times } = expectation;
  if (times !== undefined && (!Number.isInteger(times) || (times as number) < 0))
    return `\`times\` is ${describeValue(times)}; expected a whole number`;
  return targets === undefined ? undefined : targetsFault(targets, catalogue, action);
}

function targetsFault(targets: unknown, catalogue: AuditCatalogue | undefined, action: string): string | undefined {
  if (!isFields(targets))
    return `\`targets\` is ${describeValue(targets)}; expected an object by target type, such as { post: 'p1' }`;
  const known = catalogue?.actions.get(action)?.targets.map(({ type }) => type);
  for (const [type, expected] of Object.entries(targets)) {
    if (known && !known.includes(type))
      return `'${action}' has no target '${type}'; its targets are ${known.join(', ')}`;
    if (expected === undefined || expected === null)
      return `\`targets.${type}\` is ${String(expected)}; expected an id, fields, or [] when there must be none`;
  }
  return undefined;
}
