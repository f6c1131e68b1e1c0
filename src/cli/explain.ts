import { recordOf } from '../schemas/schema.wire.js';
import { AuditSchemaError } from '../schemas/schema.errors.js';
import { messageOf } from '../event/text.js';

/** Why a command failed, in words for the one who typed it. */
export function explain(error: unknown): string {
  if (error instanceof AuditSchemaError) return [error.message, ...adviceFor(error)].join('\n');
  // By name: the catalogue may have loaded another copy of the package.
  const { name, code, stack } = recordOf(error);
  if (WORDED.includes(String(name))) return messageOf(error);
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS')) return `${messageOf(error)}\n${SEE_HELP}`;
  return typeof stack === 'string' ? `unexpectedly failed. ${stack}` : messageOf(error);
}

/** Errors whose message says what to do. */
const WORDED = ['CliError', 'AuditConfigurationError', 'AuditUsageError', 'AuditWorkOSError'];

const SEE_HELP = 'Run `npx workos-audit --help` for the commands and their flags.';

function adviceFor({ kind, status }: AuditSchemaError): string[] {
  if (kind === 'unauthorized') {
    return ['Set WORKOS_API_KEY to a secret key (sk_…) of the WorkOS environment, from its dashboard under API Keys.'];
  }
  if (kind === 'throttled') return ['Run the command again in a minute; what is done stays done.'];
  if (kind !== 'retry') return [];
  return status === undefined
    ? ['Check the network, a proxy, and --api-hostname, --port and --http. It is safe to run the command again.']
    : ['It is safe to run the command again.'];
}
