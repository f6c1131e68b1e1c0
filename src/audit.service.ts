import { Inject, Injectable } from '@nestjs/common';
import type { AuditPrincipal } from './actor/principal.js';
import { text } from './actor/reading.js';
import type { AuditCounters } from './audit.counters.js';
import { AuditUsageError } from './audit.errors.js';
import { type AnyRecordInput, inputFault, type RecordInput } from './audit.record-input.js';
import { AuditUnavailableException } from './audit.intent.js';
import { outcomeActions } from './audited.outcomes.js';
import { AuditRecorder, isKnown } from './audit.recorder.js';
import { type AuditAnnotation, type AuditCommit, type AuditScope, AuditScopes } from './audit.scope.js';
import { type AuditedCall, AuditedCalls } from './audited.call.js';
import { type AuditedDeclaration, type AuditedWorkOptions, optionFaults } from './audited.declaration.js';
import { AUDIT_DISPATCHER, AUDIT_EXPLORER, AUDIT_RECORDER, AUDIT_SCOPES } from './audit.tokens.js';
import { declarationFaults } from './catalogue/handler.check.js';
import type { HandlerExplorer } from './catalogue/handler.explorer.js';
import type { Dispatcher } from './delivery/dispatcher.js';
import type { AuditActionName, OptionsArgument } from './catalogue/typed.js';
import { describeValue, messageOf } from './event/text.js';
import type { OutboxStats } from './outbox/outbox.js';

/** Where every event is: counted since the start of the process, and as the outbox sees it now. */
export interface AuditStats extends AuditCounters, OutboxStats {
  /** WorkOS refuses the API key; events wait. */
  readonly paused: boolean;
}

/** One `@Audited` of an application. */
export interface AuditedHandler {
  /** Class and method that it stands on. */
  readonly controller: string;
  readonly method: string;
  /** Such as `DELETE /posts/:id`, without a global prefix or a version. */
  readonly routes: readonly string[];
  readonly action: string;
  /** The target types of the action in the catalogue; without one, those that are given. */
  readonly targets: readonly string[];
  /** The action that is recorded when the handler throws, and the one when the request is refused. */
  readonly failure?: string;
  readonly denied?: string;
}

/** Records events by hand, adds to those of `@Audited`, and tells where events are. */
@Injectable()
export class AuditService {
  readonly #calls: AuditedCalls;

  constructor(
    @Inject(AUDIT_RECORDER) private readonly recorder: AuditRecorder,
    @Inject(AUDIT_SCOPES) private readonly scopes: AuditScopes,
    @Inject(AUDIT_DISPATCHER) private readonly dispatcher: Dispatcher,
    @Inject(AUDIT_EXPLORER) private readonly explorer: HandlerExplorer,
  ) {
    this.#calls = new AuditedCalls(recorder);
  }

  /**
   * Records an event. Resolves when it is durable; a store that fails does not reject, but prints the event whole in the
   * error log and counts it as dropped.
   *
   * @example
   * await audit.record('user.invite', { targets: { user: invitee.id }, metadata: { invited_email } });
   *
   * @throws AuditUsageError when it can never work: no action, an action that is not in the catalogue, nonsense as input,
   * or no actor and no request to take one from. AuditTransactionError when it cannot become part of its transaction, which
   * must be rolled back then. AuditUnavailableException when the guarantee is `write-ahead` and the event
   * could not be stored. A promise that nobody awaits is logged, and ends no process.
   */
  record<Action extends AuditActionName>(
    action: Action,
    ...rest: OptionsArgument<Action, RecordInput<NoInfer<Action>>>
  ): Promise<void> {
    const [input = {}] = rest as [AnyRecordInput?];
    const recorded = this.#record(action, input);
    // An un-awaited rejection would end the process.
    recorded.catch(this.#tell);
    return recorded;
  }

  readonly #tell = (error: unknown): void => this.recorder.logger.error(messageOf(error));

  async #record(action: string, input: AnyRecordInput): Promise<void> {
    const occurredAt = input?.occurredAt ?? new Date();
    const fault = inputFault(action, input, occurredAt) ?? this.#actionFault(action);
    if (fault) throw new AuditUsageError(`AuditService.record(${describeValue(action)}): ${fault}`);
    const scope = this.scopes.current;
    const known = { ...scope?.principal, ...pick(input) };
    const found = this.recorder.principalOf({ request: scope?.request, execution: scope?.execution, principal: known });
    const principal = found instanceof Promise ? await found : found;
    if (!isKnown(principal)) return this.#missing(action, principal, scope?.request !== undefined);
    const draft = {
      action,
      principal,
      targets: input.targets ?? {},
      metadata: input.metadata,
      context: input.context ?? this.recorder.contextOf(scope),
      occurredAt,
      faults: [],
    };
    const transaction = input.transaction ?? this.recorder.currentTransaction;
    if (transaction !== undefined) return this.recorder.recordWithin(draft, 'AuditService.record', transaction);
    const durable = await this.recorder.record(draft, 'AuditService.record');
    if (!durable && this.recorder.options.guarantee === 'write-ahead') throw new AuditUnavailableException(action);
  }

  /**
   * Adds targets and metadata to the events of the `@Audited` of the handler that runs.
   *
   * @example
   * this.audit.annotate({ metadata: { title: post.title } });
   */
  annotate(annotation: AuditAnnotation): void;
  /**
   * With a transaction, the events of the `@Audited` of the handler become part of it here and now, made of what is known:
   * they commit or roll back with it, and are not recorded again when the handler has succeeded. To be awaited before the
   * commit. Resolvers that need the handler's result see the `result` that is given.
   *
   * @example
   * await this.audit.annotate({ transaction: tx, result: post });
   *
   * @throws AuditTransactionError when they cannot: the transaction must be rolled back then
   */
  annotate(commit: AuditCommit): Promise<void>;
  annotate(annotation: AuditAnnotation & Partial<AuditCommit>): void | Promise<void> {
    const scope = this.scopes.current;
    if ('transaction' in annotation) return this.#commit(annotation, scope);
    const annotations = scope?.annotations;
    if (annotations) annotations.push(annotation);
    else
      this.recorder.throttle.log(
        'AuditService.annotate() was called where no @Audited handler runs, so it adds to no event',
      );
  }

  async #commit(commit: Partial<AuditCommit>, scope: AuditScope | undefined): Promise<void> {
    const { targets, metadata, result } = commit;
    const transaction = commit.transaction === true ? this.recorder.currentTransaction : commit.transaction;
    if (!scope?.annotations || !scope.call) {
      throw new AuditUsageError('AuditService.annotate({ transaction }) was called where no @Audited handler runs');
    }
    if (transaction === undefined || transaction === null) {
      throw new AuditUsageError(
        'AuditService.annotate({ transaction }): there is no transaction. `true` needs the `transactionHost` of the outbox, and an open transaction',
      );
    }
    scope.annotations.push({ targets, metadata });
    await this.#calls.recordWithin(scope.call, transaction, result);
  }

  /**
   * Runs a function and records what became of it, as `@Audited` does for a handler: for jobs, queues and whatever else Nest
   * does not call through its interceptors. Who acts comes from the request or from `runAs`. Gives what the function gives.
   *
   * @example
   * await audit.audited(() => this.reports.send(id), 'report.send', { targets: { report: id }, failure: 'report.send_failed' });
   *
   * @throws what the function throws; AuditUsageError before it runs, when its event could never be recorded;
   * AuditUnavailableException, and it does not run, when the guarantee is `write-ahead` and its intent cannot be stored
   */
  async audited<Action extends AuditActionName, Result>(
    work: () => Result | Promise<Result>,
    action: Action,
    ...rest: OptionsArgument<Action, AuditedWorkOptions<NoInfer<Action>, Result>>
  ): Promise<Result> {
    const [options = {}] = rest as [AuditedDeclaration['options']?];
    const declaration = { action, options };
    const { guarantee, events } = this.recorder.options;
    const faults = [
      ...optionFaults(action, options),
      ...declarationFaults(declaration, events, guarantee),
      ...(options.denied === undefined ? [] : ['`denied` is for routes, which have guards']),
    ];
    if (faults.length > 0)
      throw new AuditUsageError(`AuditService.audited(${describeValue(action)}): ${faults.join('; ')}`);
    const { annotations: _, call: _outerCall, ...outer } = this.scopes.current ?? {};
    const principal = await this.recorder.principalOf(outer);
    if (!isKnown(principal) && !outer.request) {
      throw new AuditUsageError(notAnybody(`AuditService.audited('${action}')`, principal));
    }
    const scope: AuditScope = { ...outer, principal, annotations: [] };
    const plan = { declarations: [declaration], outcomes: options.failure !== undefined };
    const call: AuditedCall = { plan, scope, place: 'AuditService.audited' };
    scope.call = call;
    await this.#calls.intend(call);
    let result: Result;
    try {
      result = await this.scopes.run(scope, work);
    } catch (error) {
      await this.#calls.record(call, { error });
      throw error;
    }
    await this.#calls.record(call, { result });
    return result;
  }

  /**
   * Runs a job in the name of a principal: what it records has that actor and organization.
   *
   * @example
   * await audit.runAs(systemActor('nightly-report', { organizationId }), () => job());
   */
  runAs<T>(principal: AuditPrincipal, work: () => T): T {
    if (text(principal?.actor?.id) === undefined || text(principal.organizationId) === undefined) {
      throw new AuditUsageError(
        'AuditService.runAs() needs an actor with an `id` and an `organizationId`; see systemActor() and apiKeyActor()',
      );
    }
    return this.scopes.run({ ...this.scopes.current, principal }, work);
  }

  /** Where every event is. */
  async stats(): Promise<AuditStats> {
    const { outbox } = this.recorder.options;
    return { ...this.recorder.counters.snapshot(), ...(await outbox.stats()), paused: this.dispatcher.paused };
  }

  /**
   * Sends what waits, at the end of a script or of a serverless invocation. Answers whether everything has left.
   *
   * @param options `timeoutMs`: at the most so long, in milliseconds, 10,000 unless told otherwise
   */
  async flush({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Promise<boolean> {
    await this.recorder.settled(timeoutMs);
    return this.dispatcher.flush(timeoutMs);
  }

  /** What is audited, and on which routes: the inventory for a review, or for an auditor. */
  handlers(): AuditedHandler[] {
    return this.explorer.handlers().flatMap(({ controller, method, routes, declarations }) =>
      declarations.map(({ action, options }) => ({
        controller,
        method,
        routes,
        action,
        targets: this.#targetTypes(action) ?? Object.keys(options.targets ?? {}),
        ...Object.fromEntries(outcomeActions({ options })),
      })),
    );
  }

  #targetTypes(action: string): string[] | undefined {
    return this.recorder.options.events?.actions.get(action)?.targets.map(({ type }) => type);
  }

  #actionFault(action: string): string | undefined {
    const { events } = this.recorder.options;
    if (!events || events.actions.has(action)) return undefined;
    return `the action is not in the catalogue. Add it to defineAuditEvents(), which has: ${[...events.actions.keys()].join(', ')}`;
  }

  #missing(action: string, principal: Partial<AuditPrincipal>, inRequest: boolean): void {
    if (!inRequest) {
      throw new AuditUsageError(
        `${notAnybody(`AuditService.record('${action}')`, principal)}, or pass { actor, organizationId }`,
      );
    }
    const message = this.recorder.skip(action, 'AuditService.record', principal);
    if (this.recorder.options.missingActor === 'error') throw new AuditUsageError(message);
  }
}

function notAnybody(call: string, { actor }: Partial<AuditPrincipal>): string {
  return (
    `${call} was called outside a request and without ${actor ? 'an organization' : 'an actor'}. Wrap the job in ` +
    `audit.runAs(systemActor('my-job', { organizationId }), () => …)`
  );
}

function pick({ actor, groups, organizationId }: AnyRecordInput): Partial<AuditPrincipal> {
  return { ...(actor && { actor, groups: [] }), ...(groups && { groups }), ...(organizationId && { organizationId }) };
}
