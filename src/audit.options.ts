import type { ExecutionContext } from '@nestjs/common';
import type { AuditPrincipal } from './actor/principal.js';
import type { AuditRequest } from './audit.request.js';
import type { AuditCatalogue } from './catalogue/define.js';
import type { AuditSchemaLock } from './catalogue/versions.js';
import type { WorkOSConnection } from './workos/workos-client.js';
import type { WorkOSAuditClient } from './delivery/workos-sender.js';
import type { AuditDirectoryOptions } from './directory/directory.options.js';
import type { UndeclaredMetadata } from './event/conform.js';
import type { RedactRule } from './event/metadata.js';
import type { AuditOutbox, BuriedEntry, OutboxEntry } from './outbox/outbox.js';

/** What `resolveActor` and `organization` may look at. */
export interface AuditActorContext {
  /** Express's or Fastify's request; `undefined` outside HTTP. */
  readonly request?: AuditRequest;
  /** Absent when `AuditService.record` is called in a handler that is not audited itself. */
  readonly execution?: ExecutionContext;
}

/** How events are delivered. The defaults suit WorkOS's published limits. */
export interface AuditDeliveryOptions {
  /**
   * Requests to WorkOS at the same time, at least 1. It takes `ratePerSecond` × the seconds that one takes to keep the pace:
   * the default is enough for 90 a second while WorkOS answers within a third of a second. @default 32
   */
  readonly concurrency?: number;
  /** Events a second at the most, of this process. WorkOS allows 6,000 requests a minute for each API key. @default 90 */
  readonly ratePerSecond?: number;
  /** Limit of one request, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
  /** First and longest delay before an event is tried again, in milliseconds, up to an hour. @default { minMs: 1_000, maxMs: 300_000 } */
  readonly backoff?: { readonly minMs?: number; readonly maxMs?: number };
  /** An event that could not be delivered for so long is buried, in milliseconds. @default 604_800_000 (7 days) */
  readonly maxAgeMs?: number;
  /** While WorkOS refuses the API key, one event is tried this often, in milliseconds. @default 30_000 */
  readonly unauthorizedRetryMs?: number;
  /** How often the outbox is asked for events that nobody announced, in milliseconds. @default 1_000 */
  readonly pollMs?: number;
  /** How long the shutdown waits for events to leave, in milliseconds. @default 10_000 */
  readonly drainTimeoutMs?: number;
}

/** Options of `AuditModule.forRoot` and `forRootAsync`. */
export interface AuditModuleOptions {
  /**
   * The WorkOS account: an API key, or an existing `WorkOS` instance. Of an instance only the key and the options are
   * taken, for a client without the SDK's own retries; an object that carries no key (a stand-in) is used as it is.
   */
  readonly workos: WorkOSConnection | { readonly client: WorkOSAuditClient };
  /** What may be audited. Without it, any action is accepted and no schema version is sent. */
  readonly events?: AuditCatalogue;
  /** `workos-audit.lock.json`: the schema versions that WorkOS has. */
  readonly schemaLock?: AuditSchemaLock;
  /** Where events wait for WorkOS. @default memoryOutbox(), which loses what waits when the process dies */
  readonly outbox?: AuditOutbox;
  /**
   * The request behind an execution, for contexts of which Nest or this module knows nothing: what has `user`, `ip` and
   * `headers`. `undefined` leaves it to the default.
   * @default the request of HTTP and GraphQL, the client of a gateway, what a microservice's transport tells
   */
  readonly requestOf?: (execution: ExecutionContext) => AuditRequest | undefined;
  /**
   * Who acts. Called before the handler and, when that gave no actor, after it.
   * @default reads `request.user`: `id`, `name`, `organizationId`, `groups`
   */
  readonly resolveActor?: (
    context: AuditActorContext,
  ) => Partial<AuditPrincipal> | null | undefined | Promise<Partial<AuditPrincipal> | null | undefined>;
  /** The WorkOS organization of a request, where the user does not carry it. @default the actor's `organizationId` */
  readonly organization?: (
    context: AuditActorContext,
  ) => string | null | undefined | Promise<string | null | undefined>;
  /**
   * What to do when an audited call has no actor or no organization, so that there is nothing to send: nothing, a warning,
   * or an error (logged by `@Audited`, thrown by `record`). Each is counted as skipped. @default 'warn'
   */
  readonly missingActor?: 'skip' | 'warn' | 'error';
  /** What is promised of an event; `@Audited` may say otherwise for its handler. @default 'after' */
  readonly guarantee?: AuditGuarantee;
  /** `context.location` of events that no request caused; WorkOS requires one. @default 'internal' */
  readonly location?: string;
  /** Metadata keys whose values are stored as `[redacted]`: names (whatever their case) or patterns. @default [] */
  readonly redact?: readonly RedactRule[];
  /**
   * Metadata that the catalogue does not declare, of an action that declares some: left out, because WorkOS may refuse the
   * event for it, or kept. @default 'drop'
   */
  readonly undeclaredMetadata?: UndeclaredMetadata;
  /**
   * Routes that change something (POST, PUT, PATCH, DELETE, GraphQL mutations) and are neither `@Audited` nor
   * `@NotAudited('reason')`: listed at boot as a warning, or as an error that stops it. @default 'off'
   */
  readonly coverage?: 'off' | 'warn' | 'error';
  /** How long a resolver of the application may take, in milliseconds. @default 2_000 */
  readonly resolverTimeoutMs?: number;
  /** How long a response waits for the outbox to store its event, in milliseconds. @default 5_000 */
  readonly appendTimeoutMs?: number;
  readonly delivery?: AuditDeliveryOptions;
  /** How `DirectoryGroupsService` looks up groups. */
  readonly directory?: AuditDirectoryOptions;
  /**
   * Called for each event that WorkOS will not take, once it is buried: raise an alert, since a person must look at it.
   * Never waited for but at the shutdown; one that throws, rejects or takes over 10 s is logged.
   */
  readonly onBuried?: (entry: BuriedEntry) => void | Promise<void>;
  /**
   * Called for each event that no outbox took or that is lost with the memory of the process, with the reason: the last
   * chance to keep it elsewhere. Called as `onBuried` is.
   */
  readonly onDropped?: (entry: OutboxEntry, reason: string) => void | Promise<void>;
}

/**
 * What is promised of an event.
 *
 * - `after`: it is durable after the handler and before the response. When that fails, the response stays as it is, and the
 *   event is printed whole in the error log.
 * - `write-ahead`: an intent is durable before the handler runs; when that fails, the answer is 503 and the handler does not
 *   run. Success turns the intent into the event, failure removes it. If the process dies in between, the intent is
 *   delivered with the metadata `outcome: 'unknown'`. Resolvers run twice, before the handler without a result.
 */
export type AuditGuarantee = 'after' | 'write-ahead';

/** For `forRootAsync({ useClass })` and `useExisting`. */
export interface AuditOptionsFactory {
  /** Gives the options, now or later. */
  createAuditOptions(): AuditModuleOptions | Promise<AuditModuleOptions>;
}
