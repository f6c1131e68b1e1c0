import type { AuditModuleOptions } from './audit.options.js';
import { describeValue } from './event/text.js';

// The names are listed here and not taken from the defaults, so that a fault reads in the order of the documentation.
/** Every option there is. */
export const OPTION_NAMES: readonly (keyof AuditModuleOptions)[] = [
  'workos',
  'events',
  'schemaLock',
  'outbox',
  'requestOf',
  'resolveActor',
  'organization',
  'missingActor',
  'guarantee',
  'location',
  'redact',
  'undeclaredMetadata',
  'coverage',
  'resolverTimeoutMs',
  'appendTimeoutMs',
  'delivery',
  'directory',
  'onBuried',
  'onDropped',
];

const DELIVERY_NAMES: readonly (keyof NonNullable<AuditModuleOptions['delivery']>)[] = [
  'concurrency',
  'ratePerSecond',
  'timeoutMs',
  'backoff',
  'maxAgeMs',
  'unauthorizedRetryMs',
  'pollMs',
  'drainTimeoutMs',
];

const DIRECTORY_NAMES: readonly (keyof NonNullable<AuditModuleOptions['directory']>)[] = [
  'ttlMs',
  'timeoutMs',
  'failureTtlMs',
  'maxEntries',
  'requestsPerSecond',
];

/** The outbox's methods without which nothing works; see `AuditOutbox`. */
const OUTBOX_METHODS = ['open', 'close', 'append', 'claim', 'complete', 'retry', 'bury', 'stats'] as const;

/** A longer timer than this would fire at once (the limit of `setTimeout`). */
const MAX_MS = 2 ** 31 - 1;

/** Everything that is wrong with the options, each with its field and the fix. */
export function optionFaults(options: Partial<AuditModuleOptions>): string[] {
  const { delivery, directory } = options;
  return [
    ...unknownFields('', options, OPTION_NAMES),
    ...unknownFields('delivery.', delivery, DELIVERY_NAMES),
    ...unknownFields('delivery.backoff.', delivery?.backoff, ['minMs', 'maxMs']),
    ...unknownFields('directory.', directory, DIRECTORY_NAMES),
    ...workosFaults(options.workos),
    ...fieldFaults(options),
    ...numberFaults('', { resolverTimeoutMs: options.resolverTimeoutMs, appendTimeoutMs: options.appendTimeoutMs }),
    ...numberFaults('delivery.', { ...delivery, backoff: undefined }),
    ...numberFaults('delivery.backoff.', delivery?.backoff),
    ...numberFaults('directory.', directory),
  ];
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
  const { events, schemaLock, outbox, location, redact, delivery, directory } = options;
  const faults: [boolean, string][] = [
    [!events || events.actions instanceof Map, '`events` is no catalogue; make it with defineAuditEvents({ … })'],
    [!schemaLock || typeof schemaLock.actions === 'object', '`schemaLock` is no lock; import workos-audit.lock.json'],
    [
      outbox === undefined || OUTBOX_METHODS.every((method) => typeof outbox?.[method] === 'function'),
      `\`outbox\` is ${describeValue(outbox)}; give an AuditOutbox, such as memoryOutbox()`,
    ],
    [
      location === undefined || (typeof location === 'string' && location.trim() !== ''),
      `\`location\` is ${describeValue(location)}; WorkOS requires a text that is not empty`,
    ],
    [
      redact === undefined ||
        (Array.isArray(redact) && redact.every((rule) => typeof rule === 'string' || rule instanceof RegExp)),
      '`redact` must be a list of metadata keys and regular expressions',
    ],
    [isFunction(options.requestOf), '`requestOf` must be a function of the execution context'],
    [isFunction(options.resolveActor), '`resolveActor` must be a function of the request'],
    [isFunction(options.organization), '`organization` must be a function of the request'],
    [isFunction(options.onBuried), '`onBuried` must be a function of the buried event'],
    [isFunction(options.onDropped), '`onDropped` must be a function of the dropped event'],
    choice('missingActor', options.missingActor, ['skip', 'warn', 'error']),
    choice('guarantee', options.guarantee, ['after', 'write-ahead']),
    choice('undeclaredMetadata', options.undeclaredMetadata, ['drop', 'keep']),
    choice('coverage', options.coverage, ['off', 'warn', 'error']),
    whole('delivery.concurrency', delivery?.concurrency),
    whole('directory.maxEntries', directory?.maxEntries),
    whole('directory.requestsPerSecond', directory?.requestsPerSecond),
  ];
  return faults.filter(([good]) => !good).map(([, fault]) => fault);
}

function isFunction(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

/** That it is a number above 0 is said elsewhere. */
function whole(name: string, value: number | undefined): [boolean, string] {
  return [!value || Number.isInteger(value), `\`${name}\` is ${describeValue(value)}; expected a whole number`];
}

function choice(name: string, value: string | undefined, choices: readonly string[]): [boolean, string] {
  const list = choices.map((one) => `'${one}'`).join(' or ');
  return [value === undefined || choices.includes(value), `\`${name}\` is ${describeValue(value)}; expected ${list}`];
}

function numberFaults(prefix: string, fields: object | undefined): string[] {
  return Object.entries(fields ?? {}).flatMap(([name, value]: [string, unknown]) =>
    value === undefined || (typeof value === 'number' && value > 0 && value <= MAX_MS)
      ? []
      : [`\`${prefix}${name}\` is ${describeValue(value)}; expected a number above 0`],
  );
}

function unknownFields(prefix: string, fields: object | undefined, names: readonly string[]): string[] {
  return Object.keys(fields ?? {})
    .filter((field) => !names.includes(field))
    .map((field) => `there is no option \`${prefix}${field}\`; the options are ${names.join(', ')}`);
}
