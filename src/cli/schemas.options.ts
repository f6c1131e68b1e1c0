import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import type { WorkOSConnection } from '../workos/workos-client.js';
import { CliError } from './cli.error.js';
import { connectionFrom } from './connection.js';

/** What the flags of `schemas` say, with the defaults. */
export interface SchemasOptions {
  /** Absolute path of the catalogue. */
  readonly events: string;
  readonly exportName?: string;
  /** Absolute path of the lock. */
  readonly lock: string;
  readonly json: boolean;
  readonly timeoutMs: number;
  readonly connection: WorkOSConnection;
}

const DEFAULT_EVENTS = ['./audit-events.ts', './src/audit-events.ts'];

/** @throws CliError for what cannot be */
export function schemasOptions(args: readonly string[], env: NodeJS.ProcessEnv): SchemasOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string' },
      export: { type: 'string' },
      lock: { type: 'string' },
      json: { type: 'boolean', default: false },
      timeout: { type: 'string', default: '30' },
      'api-key': { type: 'string' },
      'api-hostname': { type: 'string' },
      port: { type: 'string' },
      http: { type: 'boolean' },
    },
  });
  const seconds = Number(values.timeout);
  if (!(seconds > 0)) throw new CliError(`--timeout must be a number of seconds above 0, not '${values.timeout}'.`);
  const events = eventsFile(values.events);
  return {
    events,
    exportName: values.export,
    lock: resolve(values.lock ?? lockBeside(events)),
    json: values.json,
    timeoutMs: seconds * 1_000,
    connection: connectionFrom(values, env),
  };
}

/** Where the lock is unless it is said otherwise: beside the catalogue, so that the application can import both. */
export function lockBeside(events: string): string {
  return join(dirname(events), 'workos-audit.lock.json');
}

/** How a file is named in the lock and in commands: with `/`, and from the given folder. */
export function pathFrom(folder: string, file: string): string {
  const path = relative(folder, file).split(sep).join('/');
  return path.startsWith('../') ? path : `./${path}`;
}

/** The catalogue's file as the lock names it. */
export function eventsInLock({ lock, events }: SchemasOptions): string {
  return pathFrom(dirname(lock), events);
}

/** The command that brings things in step, as one would type it here. */
export function pushCommandLine({ events, lock }: SchemasOptions): string {
  const flag = lock === lockBeside(events) ? '' : ` --lock ${pathFrom(process.cwd(), lock)}`;
  return `npx workos-audit schemas push --events ${pathFrom(process.cwd(), events)}${flag}`;
}

function eventsFile(given: string | undefined): string {
  const file = catalogueFile(given);
  if (file !== undefined) return file;
  throw new CliError(
    `there is no catalogue: neither ${DEFAULT_EVENTS.join(' nor ')} exists. Name the file with --events, or write a first one with \`npx workos-audit init\`.`,
  );
}

/** Absolute path of the catalogue: the given file, or the first usual one that exists. @throws CliError if the given one does not */
export function catalogueFile(given: string | undefined): string | undefined {
  if (given !== undefined && !existsSync(given)) {
    throw new CliError(`there is no file '${given}' for --events, seen from ${process.cwd()}.`);
  }
  const file = given ?? DEFAULT_EVENTS.find((one) => existsSync(one));
  return file === undefined ? undefined : resolve(file);
}
