import type { LoggerService } from '@nestjs/common';
import type { LocalWorkOSOutboxSource } from './dashboard/outbox/outbox.source.js';
import type { LocalWorkOSSeed } from './local-workos.seed.js';

/** What {@link LocalWorkOS.start} takes. Everything has a default. */
export interface LocalWorkOSOptions {
  /** The TCP port on 127.0.0.1. @default 0: any free one */
  readonly port?: number;
  /**
   * Only loopback is possible, because anyone who can reach a LocalWorkOS can sign in as anybody.
   * @default '127.0.0.1'
   */
  readonly host?: '127.0.0.1' | 'localhost';
  /** The key that requests must bring as `Authorization: Bearer …`. @default 'sk_test_local' */
  readonly apiKey?: string;
  /** The client id of the SSO endpoints. @default 'client_local' */
  readonly clientId?: string;
  /**
   * `strict`: as WorkOS, an event needs a registered schema of its action and version, and must match it.
   * `open`: any action is accepted; shape and limits are still checked.
   *
   * @default 'strict'
   */
  readonly schemas?: 'strict' | 'open';
  /**
   * What to do with metadata keys that the schema does not list. What WorkOS does is not documented.
   * @default 'accept'
   */
  readonly unknownMetadataKeys?: 'accept' | 'refuse';
  /** The status of a created event: 200 by the OpenAPI document, 201 in older recordings. @default 200 */
  readonly createdStatus?: 200 | 201;
  /**
   * Requests per minute and API key; above it, 429. `rateBurst` may come at once, after that one every 60/n seconds.
   * WorkOS allows 6,000.
   *
   * @default no limit
   */
  readonly ratePerMinute?: number;
  /** How many requests may come at once after a pause, at least 1. @default as many as a minute allows */
  readonly rateBurst?: number;
  /** Whether a 429 of `ratePerMinute` brings `Retry-After`; WorkOS's may not. @default true */
  readonly rateRetryAfter?: boolean;
  /** Requests per second and directory on `/directory_users`. WorkOS allows 4. @default no limit */
  readonly directoryUsersPerSecond?: number;
  /** Fill `directory_user.groups`, as WorkOS does for teams made before 2026-05-01. @default false: always `[]` */
  readonly legacyGroups?: boolean;
  /** Signs webhooks; see {@link LocalWorkOS.addWebhook}. @default 'whsec_local' */
  readonly webhookSecret?: string;
  /** The life of an AuthKit access token, in seconds; with 0 each one is too old at once. @default 300 */
  readonly accessTokenSeconds?: number;
  /** Who impersonates on AuthKit's sign-in page. @default support@workos.example, with a reason */
  readonly impersonator?: { readonly email: string; readonly reason: string | null };
  /** How long an export is `pending`, in milliseconds. @default 50 */
  readonly exportDelayMs?: number;
  /** What there is before the first request. @default one organization, `org_local` */
  readonly seed?: LocalWorkOSSeed;
  /**
   * Where the figures of the application's outbox come from, for the charts of the dashboard: a function such as
   * `() => app.get(AuditService).stats()`, or a URL on this machine that answers the same as JSON. It is asked each
   * second. See also {@link LocalWorkOS.watchOutbox}.
   *
   * @default none: the dashboard says how to give them
   */
  readonly outbox?: LocalWorkOSOutboxSource;
  /** Where the application is, for the dashboard to say so while the trail is empty. @default none */
  readonly appUrl?: string | URL;
  /** Where refusals (warn) and the server's own faults (error) are told. @default false: nowhere */
  readonly logger?: false | LoggerService;
}

/** The options with their defaults, and the address once there is one: what every part of the server is given. */
export class LocalWorkOSConfig {
  /** `http://127.0.0.1:<port>`, known once the server listens. */
  url = '';
  readonly apiKey: string;
  readonly clientId: string;
  readonly schemas: 'strict' | 'open';
  readonly unknownMetadataKeys: 'accept' | 'refuse';
  readonly createdStatus: 200 | 201;
  readonly ratePerMinute: number | undefined;
  readonly rateBurst: number | undefined;
  readonly rateRetryAfter: boolean;
  readonly directoryUsersPerSecond: number | undefined;
  readonly legacyGroups: boolean;
  readonly exportDelayMs: number;
  readonly appUrl: string | undefined;
  readonly accessTokenSeconds: number;
  readonly impersonator: { readonly email: string; readonly reason: string | null };
  readonly webhookSecret: string;
  readonly logger: LoggerService | undefined;

  constructor(options: LocalWorkOSOptions) {
    refuseOtherHosts(options.host);
    this.apiKey = options.apiKey ?? 'sk_test_local';
    this.clientId = options.clientId ?? 'client_local';
    this.schemas = options.schemas ?? 'strict';
    this.unknownMetadataKeys = options.unknownMetadataKeys ?? 'accept';
    this.createdStatus = options.createdStatus ?? 200;
    this.ratePerMinute = positive('ratePerMinute', options.ratePerMinute);
    this.rateBurst = positive('rateBurst', options.rateBurst);
    this.rateRetryAfter = options.rateRetryAfter ?? true;
    this.directoryUsersPerSecond = positive('directoryUsersPerSecond', options.directoryUsersPerSecond);
    this.legacyGroups = options.legacyGroups ?? false;
    this.exportDelayMs = options.exportDelayMs ?? 50;
    this.appUrl = webUrl(options.appUrl);
    this.accessTokenSeconds = options.accessTokenSeconds ?? 300;
    this.impersonator = options.impersonator ?? IMPERSONATOR;
    this.webhookSecret = options.webhookSecret ?? 'whsec_local';
    this.logger = options.logger === false ? undefined : options.logger;
  }
}

const IMPERSONATOR = { email: 'support@workos.example', reason: 'Looking into a support ticket' };

function refuseOtherHosts(host: string | undefined): void {
  if (host === undefined || host === '127.0.0.1' || host === 'localhost') return;
  throw new Error(
    `LocalWorkOS listens on 127.0.0.1 only, not on '${host}': it is a development tool, and whoever reaches it can ` +
      'sign in as anybody and read the trail. Leave `host` out; to reach it from elsewhere, use a tunnel of your own.',
  );
}

function positive(name: string, value: number | undefined): number | undefined {
  if (value === undefined || value > 0) return value;
  throw new Error(`LocalWorkOS: ${name} must be above 0, not ${value}; leave it out for no limit.`);
}

function webUrl(value: string | URL | undefined): string | undefined {
  if (value === undefined || /^https?:\/\//.test(String(value))) return value && String(value).replace(/\/$/, '');
  throw new Error(`LocalWorkOS: appUrl must be an http or https URL, not '${String(value)}'.`);
}
