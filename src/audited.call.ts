import type { ExecutionContext } from '@nestjs/common';
import type { AuditIntent } from './audit.intent.js';
import { type AuditRecorder, isKnown } from './audit.recorder.js';
import type { AuditScope } from './audit.scope.js';
import { type AuditedContext, contextFor, type What } from './audited.context.js';
import type { AuditedDeclaration } from './audited.declaration.js';
import { type DeclaredDraft, draftBefore, draftOf } from './audited.draft.js';
import { draftOfOutcome, failureOf } from './audited.outcomes.js';
import type { AuditedPlan } from './audited.plan.js';
import { messageOf } from './event/text.js';

/** One call of what is audited: a handler, or a function given to `AuditService.audited`. */
export interface AuditedCall {
  /** Of a handler. */
  readonly execution?: ExecutionContext;
  readonly plan: Pick<AuditedPlan, 'declarations' | 'outcomes'>;
  readonly scope: AuditScope;
  /** As it was before the handler. */
  readonly user?: unknown;
  /** What to name in the log, such as `PostsController.remove`. */
  readonly place: { toString(): string };
  /** With the guarantee `write-ahead`. */
  intents?: Map<AuditedDeclaration, AuditIntent>;
  /** Those whose event is part of a transaction. */
  committed?: Set<AuditedDeclaration>;
}

/** What is recorded of a call: its intents before, and after it the events of what became of it. */
export class AuditedCalls {
  constructor(private readonly recorder: AuditRecorder) {}

  /**
   * Makes durable what is about to be done, where the guarantee is `write-ahead`; otherwise there is nothing to wait for.
   * @throws AuditUnavailableException when an intent cannot be stored, so that the handler does not run
   */
  intend(call: AuditedCall): Promise<void> | undefined {
    const ahead = call.plan.declarations.filter((declaration) => this.#isWrittenAhead(declaration));
    return ahead.length === 0 ? undefined : this.#intend(call, ahead);
  }

  #isWrittenAhead({ options }: AuditedDeclaration): boolean {
    return (options.guarantee ?? this.recorder.options.guarantee) === 'write-ahead';
  }

  async #intend(call: AuditedCall, declarations: readonly AuditedDeclaration[]): Promise<void> {
    const { principal = {} } = call.scope;
    const intents = (call.intents = new Map<AuditedDeclaration, AuditIntent>());
    for (const declaration of declarations) {
      if (!isKnown(principal)) {
        this.recorder.throttle.log(
          `'${declaration.action}' (${String(call.place)}) cannot be written ahead: before the handler there is no actor or no ` +
            'organization. It is recorded after it',
        );
        continue;
      }
      const drafted = draftBefore(declaration, auditedContext(call), this.recorder.options.resolverTimeoutMs);
      const draft = drafted instanceof Promise ? await drafted : drafted;
      const context = this.recorder.contextOf(call.scope);
      try {
        // That a resolver knows no result yet is no fault.
        const intent = await this.recorder.intend({ ...draft, principal, context, occurredAt: new Date(), faults: [] });
        intents.set(declaration, intent);
      } catch (error) {
        await this.#discard(call);
        throw error;
      }
    }
  }

  /**
   * Makes the events of a success part of a transaction, there and then.
   * @throws AuditTransactionError when they cannot: the transaction must be rolled back then
   */
  async recordWithin(call: AuditedCall, transaction: unknown, result: unknown): Promise<void> {
    const occurredAt = new Date();
    const { plan, scope, place, intents } = call;
    const committed = (call.committed ??= new Set());
    const principal = await this.recorder.principalOf(scope);
    const context = this.recorder.contextOf(scope);
    const what = { result };
    for (const declaration of plan.declarations) {
      if (committed.has(declaration)) continue;
      const draft = await this.#draft(declaration, auditedContext(call, what), call, what);
      if (draft && !isKnown(principal)) {
        // A login has no actor yet; it is recorded after the handler.
        this.recorder.throttle.log(
          `'${draft.action}' (${String(place)}) is not part of its transaction: nobody is known to act`,
        );
        continue;
      }
      if (draft && isKnown(principal)) {
        const event = { ...draft, principal, occurredAt, context };
        await this.recorder.recordWithin(event, place, transaction, intents?.get(declaration));
      }
      committed.add(declaration);
    }
  }

  /**
   * Rejects only when a transaction is open around what succeeded, and its event cannot be part of it. Otherwise whatever was
   * done is done, and nothing here may change it.
   */
  record(call: AuditedCall, what: What): Promise<void> {
    // Not of what failed: its transaction is rolled back.
    if ('error' in what) return this.#record(call, what);
    let transaction: unknown;
    try {
      transaction = this.recorder.currentTransaction;
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(messageOf(error)));
    }
    if (transaction === undefined) return this.#record(call, what);
    return this.recordWithin(call, transaction, what.result).then(
      () => this.#record(call, what),
      async (error: unknown) => {
        await this.#discard(call);
        throw error;
      },
    );
  }

  /** Never rejects. */
  async #record(call: AuditedCall, what: What): Promise<void> {
    const occurredAt = new Date();
    const { plan, scope, place, intents } = call;
    if ('error' in what && !plan.outcomes) return this.#discard(call);
    try {
      const found = this.recorder.principalOf(scope);
      const principal = found instanceof Promise ? await found : found;
      const context = this.recorder.contextOf(scope);
      const audited = auditedContext(call, what);
      for (const declaration of plan.declarations) {
        const isCommitted = call.committed?.has(declaration) === true;
        if (isCommitted) await intents?.get(declaration)?.discard();
        if (isCommitted && !('error' in what)) continue;
        // What was committed before the failure stays, and the failure is an event of its own.
        const intent = isCommitted ? undefined : intents?.get(declaration);
        const drafted = this.#draft(declaration, audited, call, what);
        const draft = drafted instanceof Promise ? await drafted : drafted;
        if (!draft) await intent?.discard();
        else if (!isKnown(principal)) this.recorder.skip(draft.action, place, principal);
        else await this.recorder.record({ ...draft, principal, occurredAt, context }, place, intent);
      }
    } catch (error) {
      for (const intent of intents?.values() ?? []) intent.lapse();
      this.recorder.unexpected(place, error);
    }
  }

  /** What a declaration has to say of what happened; nothing, where it does not ask for that outcome. */
  #draft(
    declaration: AuditedDeclaration,
    audited: AuditedContext,
    { scope }: AuditedCall,
    what: What,
  ): DeclaredDraft | undefined | Promise<DeclaredDraft | undefined> {
    const { resolverTimeoutMs, events } = this.recorder.options;
    const draft = (): ReturnType<typeof draftOf> =>
      draftOf(declaration, audited, scope.annotations ?? [], resolverTimeoutMs);
    if (!('error' in what)) return draft();
    const outcome = failureOf(declaration, what.error);
    if (!outcome) return undefined;
    const other = (drafted: DeclaredDraft | undefined): DeclaredDraft | undefined =>
      drafted && draftOfOutcome(drafted, outcome, events?.actions.get(outcome.action));
    const drafted = draft();
    return drafted instanceof Promise ? drafted.then(other) : other(drafted);
  }

  async #discard({ intents }: AuditedCall): Promise<void> {
    if (intents) await Promise.all([...intents.values()].map((intent) => intent.discard()));
  }
}

function auditedContext({ execution, scope, user }: AuditedCall, what?: What): AuditedContext {
  return contextFor({ execution, request: scope.request, user }, what);
}
