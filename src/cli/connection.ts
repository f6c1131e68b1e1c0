import type { WorkOSConnection } from '../workos/workos-client.js';
import { CliError } from './cli.error.js';

interface ConnectionFlags {
  readonly 'api-key'?: string;
  readonly 'api-hostname'?: string;
  readonly port?: string;
  readonly http?: boolean;
}

/** How to reach WorkOS: flags first, then the environment. @throws CliError */
export function connectionFrom(flags: ConnectionFlags, env: NodeJS.ProcessEnv): WorkOSConnection {
  if (flags['api-key'] !== undefined) {
    throw new CliError(
      '--api-key is not accepted, because the process list and the history of the shell would show the key. Set WORKOS_API_KEY.',
    );
  }
  const apiKey = env['WORKOS_API_KEY']?.trim();
  if (!apiKey) {
    throw new CliError(
      'WORKOS_API_KEY is not set. Set it to a secret key (sk_…) of the WorkOS environment; `node --env-file` or `dotenv` can read it from a file.',
    );
  }
  const apiHostname = flags['api-hostname'] ?? (env['WORKOS_API_HOSTNAME'] || undefined);
  const port = portOf(flags.port ?? (env['WORKOS_API_PORT'] || undefined));
  const https = !(flags.http ?? env['WORKOS_API_HTTPS'] === 'false');
  return { apiKey, https, ...(apiHostname && { apiHostname }), ...(port !== undefined && { port }) };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new CliError(`the port must be a number from 1 to 65535, not '${text}' (--port or WORKOS_API_PORT).`);
}
