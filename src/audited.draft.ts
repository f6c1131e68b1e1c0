import type { AuditAnnotation } from './audit.scope.js';
import type { AuditedContext } from './audited.context.js';
import type { AuditedDeclaration } from './audited.declaration.js';
import type { EventDraft } from './event/build.js';
import { guarded } from './event/guarded.js';
import { describeValue, messageOf } from './event/text.js';

/** The part of an event that a declaration decides. */
export type DeclaredDraft = Pick<EventDraft, 'action' | 'targets' | 'metadata' | 'faults'>;

/**
 * Asks the resolvers of a declaration, all at once and each guarded on its own, and adds what the handler annotated.
 * `undefined` when `when` says that there is nothing to record. A `when` that throws records: too much beats too little.
 */
export async function draftOf(
  declaration: AuditedDeclaration,
  context: AuditedContext,
  annotations: readonly AuditAnnotation[],
  timeoutMs: number,
): Promise<DeclaredDraft | undefined> {
  const { when } = declaration.options;
  const answer = when && (await guarded(() => when(context), timeoutMs));
  if (answer?.ok && !answer.value) return undefined;
  const draft = await draftBefore(declaration, context, timeoutMs);
  for (const annotation of annotations) {
    Object.assign(draft.targets, annotation.targets);
    Object.assign(draft.metadata, annotation.metadata);
  }
  if (!answer || answer.ok) return draft;
  return {
    ...draft,
    faults: [...draft.faults, `\`when\` failed, so the event was recorded: ${messageOf(answer.error)}`],
  };
}

/** The same before the handler has run: there is no result, no annotation, and nothing for `when` to decide on. */
export async function draftBefore(
  { action, options }: AuditedDeclaration,
  context: AuditedContext,
  timeoutMs: number,
): Promise<DeclaredDraft & { targets: Record<string, unknown>; metadata: Record<string, unknown> }> {
  const faults: string[] = [];
  const ask = async (name: string, value: unknown): Promise<unknown> => {
    if (typeof value !== 'function') return value;
    const answer = await guarded(() => (value as (context: AuditedContext) => unknown)(context), timeoutMs);
    if (answer.ok) return answer.value;
    faults.push(`the resolver of ${name} failed: ${messageOf(answer.error)}`);
    return undefined;
  };
  const [targets, metadata] = await Promise.all([
    askEach(options.targets, (type) => `target '${type}'`, ask),
    askMetadata(options.metadata, ask, faults),
  ]);
  return { action, targets, metadata, faults };
}

type Ask = (name: string, value: unknown) => Promise<unknown>;

async function askMetadata(metadata: unknown, ask: Ask, faults: string[]): Promise<Record<string, unknown>> {
  if (typeof metadata !== 'function') {
    return askEach(metadata as Record<string, unknown> | undefined, (key) => `metadata '${key}'`, ask);
  }
  const given = await ask('metadata', metadata);
  if (given === undefined || given === null) return {};
  if (typeof given === 'object' && !Array.isArray(given)) return { ...given };
  faults.push(`metadata is ${describeValue(given)}; expected an object of keys and values, so it was left out`);
  return {};
}

async function askEach(
  record: Readonly<Record<string, unknown>> | undefined,
  nameOf: (key: string) => string,
  ask: Ask,
): Promise<Record<string, unknown>> {
  const answers = Object.entries(record ?? {}).map(async ([key, value]): Promise<[string, unknown]> => [
    key,
    await ask(nameOf(key), value),
  ]);
  return Object.fromEntries(await Promise.all(answers));
}
