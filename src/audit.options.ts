import type { ExecutionContext, ModuleMetadata } from '@nestjs/common';
import type { AuditPrincipal } from './actor/principal.js';
import { AuditConfigurationError } from './audit.errors.js';
import type { AuditRequest } from './audit.request.js';
import type { AuditCatalogue } from './catalogue/define.js';
import type { AuditSchemaLock } from './catalogue/versions.js';
import { type WorkOSAuditClient, type WorkOSConnection, WorkOSSender } from './delivery/workos-sender.js';
import type { UndeclaredMetadata } from './event/conform.js';
import type { RedactRule } from './event/metadata.js';
import { describeValue } from './event/text.js';
import { memoryOutbox } from './outbox/memory.outbox.js';
import type { AuditOutbox } from './outbox/outbox.js';

/** What `resolveActor` and `organization` may look at. */
export interface AuditActorContext {
  /** Express's or Fastify's request; `undefined` outside HTTP. */
  readonly request?: AuditRequest;
  /** Absent when `AuditService.record` is called in a handler that is not audited itself. */
  readonly execution?: ExecutionContext;
}

/** How events are delivered. The defaults suit WorkOS's published limits. */
export interface AuditDeliveryOptions {
  /** Requests to WorkOS at the same time, at least 1. @default 8 */
  readonly concurrency?: number;
  /** Events a second at the most, of this process. WorkOS allows 6,000 requests a minute for each API key. @default 90 */
  readonly ratePerSecond?: number;
  /** Limit of one request, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
  /** First and longest delay before an event is tried again, in milliseconds. @default { minMs: 1_000, maxMs: 300_000 } */
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
}

/** For `forRootAsync({ useClass })` and `useExisting`. */
export interface AuditOptionsFactory {
  createAuditOptions(): AuditModuleOptions | Promise<AuditModuleOptions>;
}

/** The module's options with every default in its place. */
export interface ResolvedAuditOptions extends Omit<AuditModuleOptions, 'workos' | 'delivery'> {
  /** Instead of `workos`: it keeps the API key where no log and no `inspect` can show it. */
  readonly sender: WorkOSSender;
  readonly outbox: AuditOutbox;
  /** `false` when the outbox is the default one, which the application should know of. */
  readonly outboxChosen: boolean;
  readonly missingActor: 'skip' | 'warn' | 'error';
  readonly location: string;
  readonly redact: readonly RedactRule[];
  readonly undeclaredMetadata: UndeclaredMetadata;
  readonly coverage: 'off' | 'warn' | 'error';
  readonly resolverTimeoutMs: number;
  readonly appendTimeoutMs: number;
  readonly delivery: Required<AuditDeliveryOptions> & {
    readonly backoff: { readonly minMs: number; readonly maxMs: number };
  };
}

/** Every option there is. */
export const OPTION_NAMES: readonly (keyof AuditModuleOptions)[] = [
  'workos',
  'events',
  'schemaLock',
  'outbox',
  'resolveActor',
  'organization',
  'missingActor',
  'location',
  'redact',
  'undeclaredMetadata',
  'coverage',
  'resolverTimeoutMs',
  'appendTimeoutMs',
  'delivery',
];

const DELIVERY_DEFAULTS = {
  concurrency: 8,
  ratePerSecond: 90,
  timeoutMs: 10_000,
  maxAgeMs: 7 * 24 * 60 * 60 * 1_000,
  unauthorizedRetryMs: 30_000,
  pollMs: 1_000,
  drainTimeoutMs: 10_000,
} satisfies AuditDeliveryOptions;

const BACKOFF_DEFAULTS = { minMs: 1_000, maxMs: 300_000 };

/** The outbox's methods without which nothing works; see `AuditOutbox`. */
const OUTBOX_METHODS = ['open', 'close', 'append', 'claim', 'complete', 'retry', 'bury', 'stats'] as const;

/**
 * Checks the options and fills in the defaults.
 * @throws AuditConfigurationError that lists every fault with its field and the fix.
 */
export function resolveAuditOptions(options: AuditModuleOptions | undefined): ResolvedAuditOptions {
  const given: Partial<AuditModuleOptions> = options ?? {};
  const faults = [
    ...unknownFields(given, OPTION_NAMES, ''),
    ...unknownFields(given.delivery, [...Object.keys(DELIVERY_DEFAULTS), 'backoff'], 'delivery.'),
    ...unknownFields(given.delivery?.backoff, Object.keys(BACKOFF_DEFAULTS), 'delivery.backoff.'),
    ...workosFaults(given.workos),
    ...fieldFaults(given),
  ];
  if (faults.length > 0) throw new AuditConfigurationError('AuditModule.forRoot()', faults);
  const { workos, ...rest } = given as AuditModuleOptions;
  const delivery = {
    ...DELIVERY_DEFAULTS,
    ...withoutUndefined(rest.delivery),
    backoff: { ...BACKOFF_DEFAULTS, ...withoutUndefined(rest.delivery?.backoff) },
  };
  return {
    ...rest,
    sender: new WorkOSSender(workos, delivery.timeoutMs),
    outbox: rest.outbox ?? memoryOutbox(),
    outboxChosen: rest.outbox !== undefined,
    missingActor: rest.missingActor ?? 'warn',
    location: rest.location ?? 'internal',
    redact: rest.redact ?? [],
    undeclaredMetadata: rest.undeclaredMetadata ?? 'drop',
    coverage: rest.coverage ?? 'off',
    resolverTimeoutMs: rest.resolverTimeoutMs ?? 2_000,
    appendTimeoutMs: rest.appendTimeoutMs ?? 5_000,
    delivery,
  };
}

function workosFaults(workos: AuditModuleOptions['workos'] | undefined): string[] {
  if (typeof workos !== 'object' || workos === null) {
    return [
      '`workos` is missing: give { apiKey: process.env.WORKOS_API_KEY } or { client: an existing WorkOS instance }',
    ];
  }
  if ('client' in workos) {
    return typeof workos.client?.auditLogs?.createEvent === 'function'
      ? []
      : [
          `\`workos.client\` is ${describeValue(workos.client)}, which has no auditLogs.createEvent; give a WorkOS instance of @workos-inc/node`,
        ];
  }
  if (typeof workos.apiKey === 'string' && workos.apiKey.trim() !== '') return [];
  const is =
    workos.apiKey === '' ? 'empty' : workos.apiKey === undefined ? 'undefined' : `of type ${typeof workos.apiKey}`;
  return [`\`workos.apiKey\` is ${is}: set WORKOS_API_KEY (Dashboard → API Keys, sk_…), or give { client } instead`];
}

function fieldFaults(options: Partial<AuditModuleOptions>): string[] {
  const { events, schemaLock, outbox, missingActor, location, redact, delivery = {} } = options;
  const { backoff = {} } = delivery;
  const positive = { resolverTimeoutMs: options.resolverTimeoutMs, appendTimeoutMs: options.appendTimeoutMs };
  return [
    ...(events === undefined || events?.actions instanceof Map
      ? []
      : ['`events` is no catalogue; make it with defineAuditEvents({ … })']),
    ...(schemaLock === undefined || typeof schemaLock?.actions === 'object'
      ? []
      : ['`schemaLock` is no lock; import workos-audit.lock.json']),
    ...(outbox === undefined || OUTBOX_METHODS.every((method) => typeof outbox?.[method] === 'function')
      ? []
      : [`\`outbox\` is ${describeValue(outbox)}; give an AuditOutbox, such as memoryOutbox()`]),
    ...choiceFault('missingActor', missingActor, ['skip', 'warn', 'error']),
    ...choiceFault('undeclaredMetadata', options.undeclaredMetadata, ['drop', 'keep']),
    ...choiceFault('coverage', options.coverage, ['off', 'warn', 'error']),
    ...(location === undefined || (typeof location === 'string' && location.trim() !== '')
      ? []
      : [`\`location\` is ${describeValue(location)}; WorkOS requires a text that is not empty`]),
    ...(redact === undefined ||
    (Array.isArray(redact) && redact.every((rule) => typeof rule === 'string' || rule instanceof RegExp))
      ? []
      : ['`redact` must be a list of metadata keys and regular expressions']),
    ...(['resolveActor', 'organization'] as const).flatMap((name) =>
      options[name] === undefined || typeof options[name] === 'function'
        ? []
        : [`\`${name}\` must be a function of the request`],
    ),
    ...numberFaults('', positive),
    ...numberFaults('delivery.', { ...delivery, backoff: undefined }),
    ...numberFaults('delivery.backoff.', backoff),
    ...(delivery.concurrency === undefined || Number.isInteger(delivery.concurrency)
      ? []
      : [`\`delivery.concurrency\` is ${describeValue(delivery.concurrency)}; expected a whole number`]),
  ];
}

function choiceFault(name: string, value: string | undefined, choices: readonly string[]): string[] {
  if (value === undefined || choices.includes(value)) return [];
  return [`\`${name}\` is ${describeValue(value)}; expected ${choices.map((choice) => `'${choice}'`).join(' or ')}`];
}

/** A longer timer than this would fire at once (the limit of `setTimeout`). */
const MAX_MS = 2 ** 31 - 1;

function numberFaults(prefix: string, fields: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || (typeof value === 'number' && value > 0 && value <= MAX_MS)
      ? []
      : [`\`${prefix}${name}\` is ${describeValue(value)}; expected a number above 0`],
  );
}

function unknownFields(options: object | undefined, names: readonly string[], prefix: string): string[] {
  return Object.keys(options ?? {})
    .filter((field) => !names.includes(field))
    .map((field) => `there is no option \`${prefix}${field}\`; the options are ${names.join(', ')}`);
}

function withoutUndefined<T extends object>(options: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Options of `AuditModule.forRootAsync` beside the factory. */
export type AuditModuleImports = Pick<ModuleMetadata, 'imports'>;
