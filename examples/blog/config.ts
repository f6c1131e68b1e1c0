/** What the environment says: which WorkOS, and where the blog is served. */
export type Settings = LocalSettings | WorkOSSettings;

interface CommonSettings {
  /** The address that the blog listens on. */
  readonly host: string;
  /** Undefined where no PORT is set. */
  readonly port: number | undefined;
  /** Where browsers find the blog; undefined means `http://localhost:<port>`. */
  readonly baseUrl: URL | undefined;
  /** Express's `trust proxy`: how many proxies stand before the blog, or their addresses. */
  readonly trustProxy: string | number | undefined;
  readonly databasePath: string;
  readonly outboxPath: string;
  readonly auth: 'sso' | 'authkit';
  /** Undefined where there are no webhooks. */
  readonly webhookSecret: string | undefined;
}

/** No credentials: the blog starts a LocalWorkOS of its own. */
export interface LocalSettings extends CommonSettings {
  readonly mode: 'local';
}

/** The real WorkOS. */
export interface WorkOSSettings extends CommonSettings {
  readonly mode: 'workos';
  readonly apiKey: string;
  readonly clientId: string;
  readonly cookiePassword: string;
}

/** The environment cannot be used; `message` names every variable that is wrong, and what to do about it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(faults: readonly string[]) {
    super(['The blog cannot start:', ...faults].join('\n  - '));
  }
}

/** What iron-session demands. */
const MIN_PASSWORD_LENGTH = 32;

/**
 * Reads the environment. An empty variable counts as a missing one.
 * @throws ConfigError that names every fault at once
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = (name: string): string | undefined => env[name]?.trim() || undefined;
  const faults: string[] = [];
  const common = {
    host: given('HOST') ?? '127.0.0.1',
    port: portOf(given('PORT'), faults),
    baseUrl: baseUrlOf(given('BLOG_URL'), faults),
    trustProxy: trustProxyOf(given('TRUST_PROXY'), faults),
    databasePath: given('BLOG_DATABASE') ?? 'var/blog.db',
    outboxPath: given('BLOG_OUTBOX') ?? 'var/audit-outbox.db',
    auth: authOf(given('BLOG_AUTH'), faults),
    webhookSecret: given('WORKOS_WEBHOOK_SECRET'),
  };
  const [apiKey, clientId] = [given('WORKOS_API_KEY'), given('WORKOS_CLIENT_ID')];
  if (apiKey === undefined && clientId === undefined) return orFail(faults, { mode: 'local', ...common });
  const cookiePassword = given('WORKOS_COOKIE_PASSWORD');
  faults.push(...credentialFaults(apiKey, clientId), ...passwordFaults(cookiePassword));
  return orFail(faults, {
    mode: 'workos',
    ...common,
    apiKey: apiKey ?? '',
    clientId: clientId ?? '',
    cookiePassword: cookiePassword ?? '',
  });
}

function orFail(faults: readonly string[], settings: Settings): Settings {
  if (faults.length > 0) throw new ConfigError(faults);
  return settings;
}

function credentialFaults(apiKey: string | undefined, clientId: string | undefined): string[] {
  if (apiKey !== undefined && clientId !== undefined) return [];
  const [set, missing] =
    apiKey === undefined ? ['WORKOS_CLIENT_ID', 'WORKOS_API_KEY'] : ['WORKOS_API_KEY', 'WORKOS_CLIENT_ID'];
  return [
    `${missing} is missing, although ${set} is set. Both stand in the WorkOS Dashboard under API Keys; ` +
      'with neither of them the blog runs on a LocalWorkOS.',
  ];
}

function passwordFaults(password: string | undefined): string[] {
  if (password === undefined) {
    return [
      `WORKOS_COOKIE_PASSWORD is missing. It encrypts the session cookie and has ${MIN_PASSWORD_LENGTH} characters or more; ` +
        'make one with: openssl rand -base64 32',
    ];
  }
  if (password.length >= MIN_PASSWORD_LENGTH) return [];
  return [`WORKOS_COOKIE_PASSWORD has ${password.length} characters; it needs ${MIN_PASSWORD_LENGTH} or more.`];
}

function authOf(value: string | undefined, faults: string[]): 'sso' | 'authkit' {
  if (value === 'authkit') return value;
  if (value !== undefined && value !== 'sso') faults.push(`BLOG_AUTH is '${value}'; it must be sso or authkit.`);
  return 'sso';
}

function portOf(value: string | undefined, faults: string[]): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    faults.push(`PORT is '${value}'; it must be a whole number from 1 to 65535.`);
  }
  return port;
}

function baseUrlOf(value: string | undefined, faults: string[]): URL | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    faults.push(`BLOG_URL is '${value}'; it must be an origin such as https://blog.example.com.`);
  } else if (url.protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) {
    // The session cookie would travel in the clear.
    faults.push(`BLOG_URL is '${value}'; anywhere but on this machine it must begin with https://.`);
  }
  return url;
}

function trustProxyOf(value: string | undefined, faults: string[]): string | number | undefined {
  if (value === undefined) return undefined;
  if (value === 'true') {
    // Express would then believe any address that a client writes into X-Forwarded-For, and the trail would too.
    faults.push("TRUST_PROXY is 'true', which trusts everybody; give the number of proxies, or their addresses.");
  }
  return /^\d+$/.test(value) ? Number(value) : value;
}
