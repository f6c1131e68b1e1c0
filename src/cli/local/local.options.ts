import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loopbackUrl } from '../../testing/local-workos/http/loopback.js';
import { CliError } from '../cli.error.js';
import { catalogueFile, lockBeside } from '../schemas.options.js';
import { portOf } from '../units.js';

/** What the flags of `local` say, with the defaults. */
export interface LocalOptions {
  /** `undefined`: the usual one, or the next that is free. */
  readonly port?: number;
  /** Absolute path of the catalogue; `undefined` if there is none, and then any action is accepted. */
  readonly events?: string;
  readonly exportName?: string;
  /** Absolute path of the lock, which need not exist; `undefined` if there is no catalogue either. */
  readonly lock?: string;
  readonly organizations: readonly string[];
  /** Where the application answers the figures of its outbox, for the dashboard. */
  readonly outbox?: string;
  /** Where the application is, for the dashboard to say so. */
  readonly app?: string;
}

const ORGANIZATION = 'org_local';

/** @throws CliError for what cannot be */
export function localOptions(args: readonly string[]): LocalOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      events: { type: 'string' },
      export: { type: 'string' },
      lock: { type: 'string' },
      organization: { type: 'string', multiple: true, default: [ORGANIZATION] },
      outbox: { type: 'string' },
      app: { type: 'string' },
    },
  });
  const wrong = values.organization.find((id) => !/^[\w-]+$/.test(id));
  if (wrong !== undefined) throw new CliError(`--organization must be an id such as org_acme, not '${wrong}'.`);
  if (values.lock !== undefined && !existsSync(values.lock)) {
    throw new CliError(`there is no file '${values.lock}' for --lock. Leave the flag out if nothing was pushed yet.`);
  }
  if (values.outbox !== undefined && loopbackUrl(values.outbox) === undefined) {
    throw new CliError(
      `--outbox must be a URL on this machine, such as http://localhost:3000/audit-stats, not '${values.outbox}'.`,
    );
  }
  if (values.app !== undefined && !(/^https?:/.test(values.app) && URL.canParse(values.app))) {
    throw new CliError(`--app must be a URL such as http://localhost:3000, not '${values.app}'.`);
  }
  const events = catalogueFile(values.events);
  const lock = values.lock ?? (events === undefined ? undefined : lockBeside(events));
  return {
    ...(values.port !== undefined && { port: portOf(values.port) }),
    ...(events !== undefined && { events }),
    ...(lock !== undefined && { lock: resolve(lock) }),
    exportName: values.export,
    organizations: [...new Set(values.organization)],
    ...(values.outbox !== undefined && { outbox: values.outbox }),
    ...(values.app !== undefined && { app: values.app }),
  };
}
