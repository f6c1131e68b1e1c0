import type { AuditDeliveryOptions } from 'nestjs-workos-audit';
import type { WorkOSOptions } from '@workos-inc/node';

/** What {@link createBlog} needs. `main.ts` makes it from the environment, tests write it themselves. */
export interface BlogConfig {
  readonly workos: {
    readonly apiKey: string;
    readonly clientId: string;
    /** Where the API is, when it is not WorkOS's. */
    readonly host?: Pick<WorkOSOptions, 'apiHostname' | 'port' | 'https'>;
  };
  /** Where browsers find the blog. Redirect URIs are made from it, never from the `Host` header. */
  readonly baseUrl: URL;
  /** Encrypts the cookies; 32 characters or more. */
  readonly cookiePassword: string;
  /** How people sign in: by SSO and a session of the blog's own, or by AuthKit. @default 'sso' */
  readonly auth?: 'sso' | 'authkit';
  /** What WorkOS signs its webhooks with; without it, there are none. */
  readonly webhookSecret?: string;
  /** A file, or `:memory:`. */
  readonly databasePath: string;
  /** Where events wait for WorkOS: a file, or `:memory:`. */
  readonly outboxPath: string;
  /** Express's `trust proxy`. @default none is trusted */
  readonly trustProxy?: string | number;
  /** How long a page waits for Directory Sync, in milliseconds. @default 3_000 */
  readonly directoryTimeoutMs?: number;
  /** How long the settings page waits for WorkOS, in milliseconds. @default 5_000 */
  readonly settingsTimeoutMs?: number;
  /** @default the library's */
  readonly delivery?: AuditDeliveryOptions;
  /** Present on LocalWorkOS: what the pages tell of it. */
  readonly local?: {
    readonly trailUrl: string;
    readonly emails: readonly string[];
    /** The page of a SIEM to try log streams with. */
    readonly siemUrl?: string;
  };
}

/** The token of the {@link BlogConfig}. */
export const BLOG_CONFIG = Symbol('BLOG_CONFIG');
