import type { WorkOSConnection } from '../workos/workos-client.js';
import { workosFromEnv } from '../workos/workos-env.js';
import { CliError } from './cli.error.js';
import { portOf } from './units.js';

interface ConnectionFlags {
  readonly 'api-key'?: string;
  readonly 'api-hostname'?: string;
  readonly port?: string;
  readonly http?: boolean;
}

/** How to reach WorkOS: flags first, then the environment. @throws CliError, or AuditConfigurationError for a variable */
export function connectionFrom(flags: ConnectionFlags, env: NodeJS.ProcessEnv): WorkOSConnection {
  if (flags['api-key'] !== undefined) {
    throw new CliError(
      '--api-key is not accepted, because the process list and the history of the shell would show the key. Set WORKOS_API_KEY.',
    );
  }
  const connection = workosFromEnv(env);
  if (connection.apiKey === undefined) {
    throw new CliError(
      'WORKOS_API_KEY is not set. Set it to a secret key (sk_…) of the WorkOS environment; `node --env-file` or `dotenv` can read it from a file.',
    );
  }
  return {
    ...connection,
    ...(flags['api-hostname'] !== undefined && { apiHostname: flags['api-hostname'] }),
    ...(flags.port !== undefined && { port: portOf(flags.port) }),
    ...(flags.http === true && { https: false }),
  };
}
