import type { AuditedDeclaration } from '../../audited.declaration.js';
import { AuditConfigurationError } from '../../audit.errors.js';
import { type AuditEventDefinition, type AuditMetadataType, defineAuditEvents } from '../../catalogue/define.js';
import { compareText } from '../../catalogue/schema.digest.js';
import type { AuditedMethod } from './audited-methods.js';

/** The first form of one action of a catalogue. */
export interface ActionDraft {
  readonly action: string;
  /** `PostsController.create`, for each method that records it. */
  readonly places: readonly string[];
  readonly targets: readonly { readonly type: string; readonly optional: boolean }[];
  readonly metadata: ReadonlyMap<string, AuditMetadataType>;
  /** What could not be known, for people. */
  readonly checks: readonly string[];
  /** Why `defineAuditEvents` would refuse it; then it can only be a comment. */
  readonly refusal?: string;
}

/** Makes a draft of each action, sorted, from all the methods that record it. */
export function draftActions(methods: readonly AuditedMethod[]): ActionDraft[] {
  const uses = methods.flatMap(({ place, declarations }) =>
    declarations.map((declaration) => ({ place, declaration })),
  );
  return [...Map.groupBy(uses, ({ declaration }) => declaration.action)]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([action, found]) => draftAction(action, found));
}

function draftAction(
  action: string,
  uses: readonly { readonly place: string; readonly declaration: AuditedDeclaration }[],
): ActionDraft {
  const declarations = uses.map(({ declaration }) => declaration);
  const checks: string[] = [];
  const places = [...new Set(uses.map(({ place }) => place))];
  const targets = targetsOf(declarations);
  const metadata = metadataOf(declarations, checks);
  const refusal = refusalOf({ action, targets, metadata });
  if (refusal !== undefined) checks.push(refusal);
  return { action, places, targets, metadata, checks, ...(refusal !== undefined && { refusal }) };
}

/** `user` and `team` fill themselves: the one is always there, the other need not be. */
function targetsOf(declarations: readonly AuditedDeclaration[]): ActionDraft['targets'] {
  const given = declarations.map(({ options }) => Object.keys(options.targets ?? {}));
  const types = [...new Set(given.flat())].filter((type) => type !== 'user' && type !== 'team');
  return [
    ...types.map((type) => ({ type, optional: !given.every((one) => one.includes(type)) })),
    { type: 'user', optional: false },
    { type: 'team', optional: true },
  ];
}

function metadataOf(declarations: readonly AuditedDeclaration[], checks: string[]): Map<string, AuditMetadataType> {
  const types = new Map<string, AuditMetadataType>();
  for (const { options } of declarations) {
    if (typeof options.metadata === 'function') checks.push('the metadata comes from a function; list its keys here');
    for (const [key, value] of typeof options.metadata === 'object' ? Object.entries(options.metadata ?? {}) : []) {
      const type = typeOf(value);
      const known = types.get(key);
      if (type === undefined) checks.push(`the type of '${key}' is not known; 'string' is a guess`);
      else if (known !== undefined && known !== type)
        checks.push(`'${key}' is ${known} in one place, ${type} in another`);
      if (known === undefined || known === type) types.set(key, type ?? 'string');
      else types.set(key, 'string');
    }
  }
  return types;
}

function typeOf(value: unknown): AuditMetadataType | undefined {
  if (value instanceof Date) return 'string';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : undefined;
}

function refusalOf({
  action,
  targets,
  metadata,
}: Pick<ActionDraft, 'action' | 'targets' | 'metadata'>): string | undefined {
  const definition: AuditEventDefinition = { targets, metadata: Object.fromEntries(metadata) };
  try {
    defineAuditEvents({ [action]: definition });
    return undefined;
  } catch (error) {
    if (error instanceof AuditConfigurationError) return error.faults.join('; ');
    throw error;
  }
}
