import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ActorResolver } from './actor/actor.resolver.js';
import type { AuditPrincipal } from './actor/principal.js';
import type { ResolvedAuditOptions } from './audit.options.resolved.js';
import { contextOf } from './audit.request.js';
import type { AuditScope } from './audit.scope.js';
import type { Counters } from './audit.counters.js';
import { buildEvent, type EventDraft, type EventRules } from './event/build.js';
import type { AuditEventContext } from './event/event.js';
import { redactor } from './event/metadata.js';
import { messageOf } from './event/text.js';
import { EventStore } from './outbox/event.store.js';
import { LogThrottle } from './audit.log.js';

/** A principal of whom enough is known to send an event. */
export type KnownPrincipal = AuditPrincipal & { readonly organizationId: string };

/** The one way of every event: who, from where, the event itself, the outbox. Used by the interceptor and the service. */
export class AuditRecorder {
  readonly logger = new Logger('AuditModule');
  readonly throttle = new LogThrottle((message) => this.logger.warn(message));
  readonly #actors: ActorResolver;
  readonly #rules: EventRules;
  readonly #store: EventStore;

  constructor(
    readonly options: ResolvedAuditOptions,
    readonly counters: Counters,
  ) {
    this.#actors = new ActorResolver(options, (message) => this.throttle.log(message));
    this.#rules = {
      catalogue: options.events,
      lock: options.schemaLock,
      redact: redactor(options.redact),
      undeclaredMetadata: options.undeclaredMetadata,
    };
    this.#store = new EventStore(options.outbox, options.appendTimeoutMs, counters, this.logger);
  }

  /** Who acts in a scope: as known before the handler, and where that is not enough, as found now. */
  async principalOf(scope: Pick<AuditScope, 'principal' | 'request' | 'execution'>): Promise<Partial<AuditPrincipal>> {
    const { principal: known = {}, request, execution } = scope;
    if ((known.actor && known.organizationId) || !(request ?? execution)) return known;
    const found = await this.#actors.resolve({ request, execution });
    if (!known.actor) return { ...found, ...(known.organizationId && { organizationId: known.organizationId }) };
    return { ...known, organizationId: known.organizationId ?? found.organizationId };
  }

  contextOf(scope: AuditScope | undefined): AuditEventContext {
    return scope?.context ?? (scope?.request ? contextOf(scope.request) : { location: this.options.location });
  }

  /**
   * Makes the event and stores it. Never rejects: an event that no outbox takes is printed whole and counted, because
   * the response must not suffer.
   *
   * @param place what to name in the log, such as `PostsController.remove`
   */
  async record(draft: EventDraft, place: string): Promise<void> {
    try {
      const { event, faults } = buildEvent(draft, this.#rules);
      this.counters.add('recorded');
      if (faults.length > 0) {
        this.counters.add('degraded');
        this.throttle.log(`Audit event '${draft.action}' (${place}) is degraded: ${faults.join('; ')}`);
      }
      await this.#store.append({ id: randomUUID(), recordedAt: Date.now(), event });
    } catch (error) {
      this.counters.add('recorded');
      this.counters.add('dropped');
      const { actor, organizationId } = draft.principal;
      this.unexpected(`${place}, '${draft.action}' by ${actor.id} of ${organizationId}`, error);
    }
  }

  /** What must not happen; still it costs no request. */
  unexpected(place: string, error: unknown): void {
    this.logger.error(
      `Auditing ${place} failed: ${messageOf(error)}`,
      error instanceof Error ? error.stack : undefined,
    );
  }

  /** Applies `missingActor` to what cannot be sent, and answers the words for it. */
  skip(action: string, place: string, principal: Partial<AuditPrincipal>): string {
    this.counters.add('skipped');
    const message =
      `Audit event '${action}' (${place}) was not recorded: ` +
      (principal.actor
        ? 'there is no organization. Put `organizationId` on request.user, or give `organization` in the options of AuditModule'
        : 'there is no actor. Let a guard set request.user with an `id`, give `resolveActor` in the options of AuditModule, or record it by hand with an actor');
    if (this.options.missingActor === 'warn') this.throttle.log(message);
    if (this.options.missingActor === 'error') this.logger.error(message);
    return message;
  }
}

/** Whether enough is known of a principal to send an event. */
export function isKnown(principal: Partial<AuditPrincipal>): principal is KnownPrincipal {
  return principal.actor !== undefined && Boolean(principal.organizationId);
}
