import { type ExecutionContext, Logger } from '@nestjs/common';
import { ActorResolver } from './actor/actor.resolver.js';
import type { AuditPrincipal } from './actor/principal.js';
import type { ResolvedAuditOptions } from './audit.options.resolved.js';
import type { AuditHooks } from './audit.hooks.js';
import { type AuditIntent, AuditIntents } from './audit.intent.js';
import { requestIn } from './audit.contexts.js';
import { type AuditRequest, contextOf } from './audit.request.js';
import type { AuditScope } from './audit.scope.js';
import { SchemaVersions } from './catalogue/versions.js';
import type { Counters } from './audit.counters.js';
import { buildEvent, type EventDraft, type EventRules } from './event/build.js';
import type { AuditEvent, AuditEventContext } from './event/event.js';
import { eventId } from './event/event.id.js';
import type { OutboxEntry } from './outbox/outbox.js';
import { redactor } from './event/metadata.js';
import { guarded } from './event/guarded.js';
import { describeValue, messageOf } from './event/text.js';
import { EventStore } from './outbox/event.store.js';
import { LogThrottle } from './audit.log.js';

/** A principal of whom enough is known to send an event. */
export type KnownPrincipal = AuditPrincipal & { readonly organizationId: string };

/** What to name in the log. */
export type Place = string | { toString(): string };

/** The one way of every event: who, from where, the event itself, the outbox. Used by the interceptor and the service. */
export class AuditRecorder {
  readonly logger = new Logger('AuditModule');
  readonly throttle = new LogThrottle((message) => this.logger.warn(message));
  readonly #actors: ActorResolver;
  readonly #rules: EventRules;
  readonly #store: EventStore;
  readonly #intents: AuditIntents;
  readonly #background = new Set<Promise<void>>();

  constructor(
    readonly options: ResolvedAuditOptions,
    readonly counters: Counters,
    private readonly hooks: AuditHooks,
  ) {
    this.#actors = new ActorResolver(options, (message) => this.throttle.log(message));
    this.#rules = {
      catalogue: options.events,
      versions: options.schemaLock && new SchemaVersions(options.schemaLock),
      redact: redactor(options.redact),
      undeclaredMetadata: options.undeclaredMetadata,
    };
    this.#store = new EventStore(options.outbox, options.appendTimeoutMs, counters, hooks, this.logger);
    this.#intents = new AuditIntents(options.outbox, options.appendTimeoutMs, counters, this.logger);
  }

  /** Who acts in a scope: as known before the handler, and where that is not enough, as found now. */
  principalOf(
    scope: Pick<AuditScope, 'principal' | 'request' | 'execution'>,
  ): Partial<AuditPrincipal> | Promise<Partial<AuditPrincipal>> {
    const { principal: known = {}, request, execution } = scope;
    if ((known.actor && known.organizationId) || !(request ?? execution)) return known;
    const found = this.#actors.resolve({ request, execution });
    return found instanceof Promise ? found.then((late) => complete(known, late)) : complete(known, found);
  }

  /** The request behind an execution: as the application's own `requestOf` says, else as Nest's contexts are known. */
  requestOf(execution: ExecutionContext): AuditRequest | undefined {
    const { requestOf } = this.options;
    try {
      return requestOf?.(execution) ?? requestIn(execution);
    } catch (error) {
      this.throttle.log(`The option \`requestOf\` failed: ${messageOf(error)}`);
      return requestIn(execution);
    }
  }

  contextOf(scope: AuditScope | undefined): AuditEventContext {
    if (scope?.context) return scope.context;
    if (!scope?.request) return { location: this.options.location };
    // A message of a queue or of another service comes from no address.
    const overHttp = !scope.execution || ['http', 'graphql'].includes(scope.execution.getType<string>());
    return contextOf(scope.request, overHttp ? undefined : this.options.location);
  }

  /**
   * Makes the event and stores it. Never rejects: an event that no outbox takes is printed whole and counted, because
   * the response must not suffer.
   *
   * @param place what to name in the log, such as `PostsController.remove`; written only when there is something to say
   * @param intent what becomes the event, with the guarantee `write-ahead`
   * @returns whether it is durable
   */
  record(draft: EventDraft, place: Place, intent?: AuditIntent): Promise<boolean> {
    if (!intent) this.counters.add('recorded', draft.action);
    let entry: OutboxEntry;
    try {
      entry = entryOf(this.#build(draft, place));
    } catch (error) {
      return Promise.resolve(this.#unmade(draft, place, error, intent));
    }
    if (!intent) return this.#store.append(entry);
    return intent.release(entry).then(
      () => true,
      (error: unknown) => this.#unmade(draft, place, error, intent),
    );
  }

  #build(draft: EventDraft, place: Place): AuditEvent {
    const { event, faults } = buildEvent(draft, this.#rules);
    if (faults.length > 0) {
      this.counters.add('degraded', draft.action);
      this.options.standIn?.degraded(draft.action, String(place), faults);
      this.throttle.log(`Audit event '${draft.action}' (${String(place)}) is degraded: ${faults.join('; ')}`);
    }
    return event;
  }

  #unmade(draft: EventDraft, place: Place, error: unknown, intent?: AuditIntent): false {
    intent?.lapse();
    if (!intent) this.#drop(draft, messageOf(error));
    const { actor, organizationId } = draft.principal;
    this.unexpected(`${String(place)}, '${draft.action}' by ${textOf(actor.id)} of ${textOf(organizationId)}`, error);
    return false;
  }

  /**
   * Makes the event and has it commit with a transaction.
   * @throws AuditTransactionError when it cannot: the transaction must be rolled back then
   */
  async recordWithin(draft: EventDraft, place: Place, transaction: unknown, intent?: AuditIntent): Promise<void> {
    await this.#store.appendWithin(entryOf(this.#build(draft, place)), transaction, intent);
    if (!intent) this.counters.add('recorded', draft.action);
  }

  /** The transaction that the application has open here, if the outbox can take part in it. */
  get currentTransaction(): unknown {
    return this.options.outbox.currentTransaction?.();
  }

  #drop({ action, principal, occurredAt, context }: EventDraft, reason: string): void {
    this.counters.add('dropped', action);
    const { actor, organizationId } = principal;
    // All that is left of an event that could not be made.
    const event = {
      organizationId: textOf(organizationId),
      action,
      occurredAt: occurredAt.toISOString(),
      actor: { id: textOf(actor.id), type: textOf(actor.type ?? 'user'), metadata: {} },
      targets: [],
      context,
      metadata: {},
    };
    this.hooks.dropped(entryOf(event), reason);
  }

  /**
   * Makes an event of what is about to be done durable, for the guarantee `write-ahead`.
   * @throws AuditUnavailableException when the outbox does not take it
   */
  intend(draft: EventDraft): Promise<AuditIntent> {
    const { event } = buildEvent({ ...draft, metadata: { ...draft.metadata, outcome: 'unknown' } }, this.#rules);
    return this.#intents.hold(entryOf(event));
  }

  /** Work that no request waits for. It must not reject. */
  background(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.unexpected('in the background', error))
      .finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }

  /** Resolves when the work in the background is done, or the time is over. */
  async settled(timeoutMs: number): Promise<void> {
    if (this.#background.size > 0) await guarded(() => Promise.all(this.#background), timeoutMs);
  }

  /** What must not happen; still it costs no request. */
  unexpected(place: Place, error: unknown): void {
    this.logger.error(
      `Auditing ${String(place)} failed: ${messageOf(error)}`,
      error instanceof Error ? error.stack : undefined,
    );
  }

  /** Applies `missingActor` to what cannot be sent, and answers the words for it. */
  skip(action: string, place: Place, principal: Partial<AuditPrincipal>): string {
    this.counters.add('skipped', action);
    const message =
      `Audit event '${action}' (${String(place)}) was not recorded: ` +
      (principal.actor
        ? 'there is no organization. Put `organizationId` on request.user, or give `organization` in the options of AuditModule'
        : 'there is no actor. Let a guard set request.user with an `id`, give `resolveActor` in the options of AuditModule, or record it by hand with an actor');
    this.options.standIn?.skipped(action, message);
    if (this.options.missingActor === 'warn') this.throttle.log(message);
    if (this.options.missingActor === 'error') this.logger.error(message);
    return message;
  }
}

/** The event with the id under which it is known from now on, at WorkOS too. */
function entryOf(event: AuditEvent): OutboxEntry {
  const recordedAt = Date.now();
  return { id: eventId(recordedAt), recordedAt, event };
}

/** What should be a text; what is not cannot throw here. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describeValue(value);
}

/** What is known already, and what was found where that is not enough. */
function complete(known: Partial<AuditPrincipal>, found: Partial<AuditPrincipal>): Partial<AuditPrincipal> {
  if (known.actor) return { ...known, organizationId: known.organizationId ?? found.organizationId };
  return known.organizationId ? { ...found, organizationId: known.organizationId } : found;
}

/** Whether enough is known of a principal to send an event. */
export function isKnown(principal: Partial<AuditPrincipal>): principal is KnownPrincipal {
  return principal.actor !== undefined && Boolean(principal.organizationId);
}
