import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CliError } from '../cli.error.js';
import { catalogueFile } from '../schemas.options.js';
import { portOf } from '../units.js';

/** What the flags of `local` say, with the defaults. */
export interface LocalOptions {
  /** `undefined`: the usual one, or the next that is free. */
  readonly port?: number;
  /** Absolute path of the catalogue; `undefined` if there is none, and then any action is accepted. */
  readonly events?: string;
  readonly exportName?: string;
  /** Absolute path of the lock, which need not exist. */
  readonly lock: string;
  readonly organizations: readonly string[];
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
      lock: { type: 'string', default: './workos-audit.lock.json' },
      organization: { type: 'string', multiple: true, default: [ORGANIZATION] },
    },
  });
  const wrong = values.organization.find((id) => !/^[\w-]+$/.test(id));
  if (wrong !== undefined) throw new CliError(`--organization must be an id such as org_acme, not '${wrong}'.`);
  const lock = resolve(values.lock);
  if (values.lock !== './workos-audit.lock.json' && !existsSync(lock)) {
    throw new CliError(`there is no file '${values.lock}' for --lock. Leave the flag out if nothing was pushed yet.`);
  }
  return {
    ...(values.port !== undefined && { port: portOf(values.port) }),
    events: catalogueFile(values.events),
    exportName: values.export,
    lock,
    organizations: [...new Set(values.organization)],
  };
}
