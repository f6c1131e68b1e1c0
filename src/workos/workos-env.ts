import { AuditConfigurationError } from '../audit.errors.js';
import type { WorkOSConnection } from './workos-client.js';

/** The environment variables that say where WorkOS is; the names are those that WorkOS's own libraries use. */
const HOSTNAME = 'WORKOS_API_HOSTNAME';
const PORT = 'WORKOS_API_PORT';
const HTTPS = 'WORKOS_API_HTTPS';

/**
 * How to reach WorkOS, from the environment: `WORKOS_API_KEY`, `WORKOS_CLIENT_ID`, and, for a LocalWorkOS or a proxy,
 * `WORKOS_API_HOSTNAME`, `WORKOS_API_PORT` and `WORKOS_API_HTTPS` (`true`, unless it is `false`). The command line reads the
 * same. A key that is missing is for the module to say, at boot.
 *
 * @example
 * AuditModule.forRoot({ workos: workosFromEnv(), events: auditEvents, schemaLock })
 * @throws AuditConfigurationError if `WORKOS_API_PORT` is no port, or `WORKOS_API_HTTPS` neither `true` nor `false`
 */
export function workosFromEnv(env: Readonly<Record<string, string | undefined>> = process.env): WorkOSConnection {
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const apiHostname = text(HOSTNAME);
  const clientId = text('WORKOS_CLIENT_ID');
  const port = portOf(text(PORT));
  const https = httpsOf(text(HTTPS));
  return {
    apiKey: text('WORKOS_API_KEY'),
    ...(clientId !== undefined && { clientId }),
    ...(apiHostname !== undefined && { apiHostname }),
    ...(port !== undefined && { port }),
    ...(https !== undefined && { https }),
  };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new AuditConfigurationError(PORT, [`is '${text}', and must be a number from 1 to 65535`]);
}

function httpsOf(text: string | undefined): boolean | undefined {
  if (text === undefined || text === 'true') return undefined;
  if (text === 'false') return false;
  throw new AuditConfigurationError(HTTPS, [`is '${text}', and must be true or false`]);
}
