import type { AuditAnnotation } from './audit.scope.js';
import type { AuditedContext } from './audited.context.js';
import type { AuditedDeclaration } from './audited.declaration.js';
import type { EventDraft } from './event/build.js';
import { attempt, type Guarded } from './event/guarded.js';
import { setKey } from './event/record.js';
import { describeValue, messageOf } from './event/text.js';

/** The part of an event that a declaration decides. */
export type DeclaredDraft = Pick<EventDraft, 'action' | 'targets' | 'metadata' | 'faults'>;

/** A draft that still takes what resolvers answer and what the handler annotated. */
interface OpenDraft {
  readonly action: string;
  readonly targets: Record<string, unknown>;
  metadata: Record<string, unknown>;
  readonly faults: string[];
}

/**
 * Asks the resolvers of a declaration, all at once and each guarded on its own, and adds what the handler annotated.
 * `undefined` when `when` says that there is nothing to record. A `when` that throws records: too much beats too little.
 * No promise where all of them answer at once.
 */
export function draftOf(
  declaration: AuditedDeclaration,
  context: AuditedContext,
  annotations: readonly AuditAnnotation[],
  timeoutMs: number,
): DeclaredDraft | undefined | Promise<DeclaredDraft | undefined> {
  const { when } = declaration.options;
  const draft = (answer?: Guarded<unknown>): DeclaredDraft | undefined | Promise<DeclaredDraft> => {
    if (answer?.ok && !answer.value) return undefined;
    const open = draftBefore(declaration, context, timeoutMs);
    const finish = (drafted: OpenDraft): DeclaredDraft => finished(drafted, annotations, answer);
    return open instanceof Promise ? open.then(finish) : finish(open);
  };
  if (!when) return draft();
  const answer = attempt(() => when(context), timeoutMs);
  return answer instanceof Promise ? answer.then(draft) : draft(answer);
}

/** The same before the handler has run: there is no result, no annotation, and nothing for `when` to decide on. */
export function draftBefore(
  { action, options }: AuditedDeclaration,
  context: AuditedContext,
  timeoutMs: number,
): OpenDraft | Promise<OpenDraft> {
  const draft: OpenDraft = { action, targets: {}, metadata: {}, faults: [] };
  const late: Promise<void>[] = [];
  const ask: Ask = (name, resolver, take) => {
    const settle = (answer: Guarded<unknown>): void => {
      if (!answer.ok) draft.faults.push(`the resolver of ${name()} failed: ${messageOf(answer.error)}`);
      take(answer.ok ? answer.value : undefined);
    };
    const answer = attempt(() => (resolver as (context: AuditedContext) => unknown)(context), timeoutMs);
    if (answer instanceof Promise) late.push(answer.then(settle));
    else settle(answer);
  };
  askEach('target', options.targets, draft.targets, ask);
  if (typeof options.metadata === 'function')
    ask(
      () => 'metadata',
      options.metadata,
      (given) => takeAll(draft, given),
    );
  else askEach('metadata', options.metadata as Record<string, unknown> | undefined, draft.metadata, ask);
  return late.length > 0 ? Promise.all(late).then(() => draft) : draft;
}

/** Gives `take` what the resolver answers; `undefined` when it failed. */
type Ask = (name: () => string, resolver: Function, take: (answer: unknown) => void) => void;

function askEach(
  what: string,
  given: Readonly<Record<string, unknown>> | undefined,
  answers: Record<string, unknown>,
  ask: Ask,
): void {
  if (!given) return;
  for (const key of Object.keys(given)) {
    const value = given[key];
    setKey(answers, key, typeof value === 'function' ? undefined : value); // its place, whoever answers first
    if (typeof value !== 'function') continue;
    ask(
      () => `${what} '${key}'`,
      value,
      (answer) => setKey(answers, key, answer),
    );
  }
}

function takeAll(draft: OpenDraft, given: unknown): void {
  if (given === undefined || given === null) return;
  if (typeof given === 'object' && !Array.isArray(given)) draft.metadata = { ...given };
  else
    draft.faults.push(`metadata is ${describeValue(given)}; expected an object of keys and values, so it was left out`);
}

function finished(draft: OpenDraft, annotations: readonly AuditAnnotation[], when?: Guarded<unknown>): DeclaredDraft {
  for (const { targets, metadata } of annotations) {
    Object.assign(draft.targets, targets);
    Object.assign(draft.metadata, metadata);
  }
  if (when && !when.ok) draft.faults.push(`\`when\` failed, so the event was recorded: ${messageOf(when.error)}`);
  return draft;
}
