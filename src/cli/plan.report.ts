import type { LockDrift } from '../schemas/schema.drift.js';
import type { PlannedSchema } from '../schemas/schema.plan.js';
import type { SchemaSync } from '../schemas/schema.sync.js';
import { EXIT_DRIFT, EXIT_IN_STEP } from './exit-codes.js';
import type { Output } from './output.js';
import { pathFrom, pushCommandLine, type SchemasOptions } from './schemas.options.js';
import { table } from './table.js';

/** Prints the plan, or for `check` only what is not in step. @returns the exit code */
export function showPlan(command: 'plan' | 'check', sync: SchemaSync, options: SchemasOptions, output: Output): number {
  const { plan, lockDrift } = sync;
  const missing = plan.schemas.filter(({ state }) => state === 'create');
  const inStep = missing.length === 0 && lockDrift.length === 0;
  if (options.json) {
    output.json({ inStep, schemas: plan.schemas.map(toJson), unlisted: plan.unlisted, lock: lockDrift });
    return inStep ? EXIT_IN_STEP : EXIT_DRIFT;
  }
  const shown = command === 'plan' ? plan.schemas : missing;
  if (shown.length > 0) output.line(table(shown.map(toRow)));
  if (command === 'plan' && plan.unlisted.length > 0) {
    output.line(`Only at WorkOS, which is no drift: ${plan.unlisted.join(', ')}`);
  }
  const lock = pathFrom(process.cwd(), options.lock);
  for (const line of lockLines(lockDrift)) output.line(`${lock}: ${line}`);
  output.line(
    `${plan.schemas.length} schemas: ${plan.schemas.length - missing.length} in step, ${missing.length} to create.`,
  );
  if (!inStep) output.line(`To bring them in step: ${pushCommandLine(options)}`);
  return inStep ? EXIT_IN_STEP : EXIT_DRIFT;
}

function toRow(planned: PlannedSchema): string[] {
  const { action, targets } = planned.schema;
  const types = targets.map(({ type }) => type).join(', ');
  return planned.state === 'create'
    ? ['create', action, '', types, planned.reason]
    : ['in step', action, `v${planned.version}`, types];
}

function toJson({ schema, digest, ...state }: PlannedSchema): object {
  return { action: schema.action, targets: schema.targets.map(({ type }) => type), ...state, digest };
}

/** One problem of many actions is one line. */
function lockLines(drift: readonly LockDrift[]): string[] {
  return [...Map.groupBy(drift, ({ problem }) => problem)].map(([problem, items]) => {
    const actions = items.flatMap(({ action }) => (action === undefined ? [] : [action]));
    return actions.length === 0 ? problem : `${problem} [${actions.join(', ')}]`;
  });
}
