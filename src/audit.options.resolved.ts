import { AuditConfigurationError } from './audit.errors.js';
import type { AuditDeliveryOptions, AuditModuleOptions } from './audit.options.js';
import { optionFaults } from './audit.options.check.js';
import type { AuditStandIn } from './audit.stand-in.js';
import { type AuditDirectoryOptions, DIRECTORY_DEFAULTS } from './directory/directory.options.js';
import { WorkOSSender } from './delivery/workos-sender.js';
import { WorkOSApi } from './workos/workos.api.js';
import { memoryOutbox } from './outbox/memory.outbox.js';
import type { AuditOutbox } from './outbox/outbox.js';

/** Every option with a default of its own. */
export const OPTION_DEFAULTS = {
  missingActor: 'warn',
  guarantee: 'after',
  location: 'internal',
  redact: [],
  undeclaredMetadata: 'drop',
  coverage: 'off',
  resolverTimeoutMs: 2_000,
  appendTimeoutMs: 5_000,
} satisfies Partial<AuditModuleOptions>;

export const DELIVERY_DEFAULTS = {
  concurrency: 32,
  ratePerSecond: 90,
  timeoutMs: 10_000,
  backoff: { minMs: 1_000, maxMs: 300_000 },
  maxAgeMs: 7 * 24 * 60 * 60 * 1_000,
  unauthorizedRetryMs: 30_000,
  pollMs: 1_000,
  drainTimeoutMs: 10_000,
} satisfies AuditDeliveryOptions;

type Defaulted = keyof typeof OPTION_DEFAULTS;

/** The module's options with every default in its place. */
export interface ResolvedAuditOptions
  extends
    Omit<AuditModuleOptions, 'workos' | 'delivery' | 'directory' | 'outbox' | Defaulted>,
    Required<Pick<AuditModuleOptions, Defaulted>> {
  /** Instead of `workos`: it keeps the API key where no log and no `inspect` can show it. */
  readonly sender: WorkOSSender;
  /** Every other request to WorkOS; likewise. */
  readonly api: WorkOSApi;
  readonly outbox: AuditOutbox;
  /** `false` when the outbox is the default one, which the application should know of. */
  readonly outboxChosen: boolean;
  readonly delivery: Required<AuditDeliveryOptions> & typeof DELIVERY_DEFAULTS;
  /** In tests only. */
  readonly standIn?: AuditStandIn;
  readonly directory: Required<AuditDirectoryOptions>;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param standIn what takes the place of `workos` and `outbox`, in tests
 * @throws AuditConfigurationError that lists every fault with its field and the fix.
 */
export function resolveAuditOptions(
  options: AuditModuleOptions | undefined,
  standIn?: AuditStandIn,
): ResolvedAuditOptions {
  const given = standIn && options ? { ...options, workos: { client: standIn.client } } : options;
  const faults = optionFaults(given ?? {});
  if (faults.length > 0) throw new AuditConfigurationError('AuditModule.forRoot()', faults);
  const { workos, outbox = standIn?.outbox, ...rest } = given as AuditModuleOptions;
  const backoff = withDefaults(DELIVERY_DEFAULTS.backoff, rest.delivery?.backoff);
  const delivery = { ...withDefaults(DELIVERY_DEFAULTS, rest.delivery), backoff };
  standIn?.attach(rest.events);
  return {
    ...withDefaults(OPTION_DEFAULTS, rest),
    sender: new WorkOSSender(workos, delivery.timeoutMs),
    api: new WorkOSApi(workos, delivery.timeoutMs),
    outbox: standIn?.outbox ?? outbox ?? memoryOutbox(),
    outboxChosen: outbox !== undefined,
    delivery,
    standIn,
    directory: withDefaults(DIRECTORY_DEFAULTS, rest.directory),
  };
}

/** What is `undefined` is not given. */
function withDefaults<Defaults extends object, Given extends object>(
  defaults: Defaults,
  given: Given | undefined,
): Defaults & Given {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(entries) } as Defaults & Given;
}
