import { parseArgs } from 'node:util';
import type { AuditExportOptions } from '../../exports/export.request.js';
import type { WorkOSConnection } from '../../workos/workos-client.js';
import { CliError } from '../cli.error.js';
import { connectionFrom } from '../connection.js';
import { durationIn } from '../units.js';
import { momentIn } from './moment.js';

/** What the flags of `export` say, with the defaults. */
export interface ExportOptions {
  /** What to ask for, or the id of an export that was asked for before. */
  readonly wanted: AuditExportOptions | string;
  /** The file, as it was given. */
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly waitMs: number;
  readonly timeoutMs: number;
  readonly connection: WorkOSConnection;
}

const flags = {
  organization: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  actions: { type: 'string', multiple: true },
  'actor-ids': { type: 'string', multiple: true },
  'actor-name': { type: 'string', multiple: true },
  targets: { type: 'string', multiple: true },
  id: { type: 'string' },
  out: { type: 'string' },
  force: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  wait: { type: 'string', default: '10m' },
  timeout: { type: 'string', default: '30' },
  'api-key': { type: 'string' },
  'api-hostname': { type: 'string' },
  port: { type: 'string' },
  http: { type: 'boolean' },
} as const;

/** @throws CliError for what cannot be */
export function exportOptions(args: readonly string[], env: NodeJS.ProcessEnv, now = Date.now()): ExportOptions {
  const { values } = parseArgs({ args: [...args], options: flags });
  const seconds = Number(values.timeout);
  if (!(seconds > 0)) throw new CliError(`--timeout must be a number of seconds above 0, not '${values.timeout}'.`);
  if (!values.out) throw new CliError('export needs --out, the file to write, such as --out trail.csv.');
  return {
    wanted: values.id === undefined ? request(values, now) : idOf(values),
    out: values.out,
    force: values.force,
    json: values.json,
    waitMs: durationIn(values.wait, '--wait'),
    timeoutMs: seconds * 1_000,
    connection: connectionFrom(values, env),
  };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'];

function request(values: Values, now: number): AuditExportOptions {
  const { organization, from, to } = values;
  if (!organization) throw new CliError('export needs --organization, the id of a WorkOS organization (org_…).');
  if (!from)
    throw new CliError('export needs --from, such as --from 2026-11-01, or --from 7d for the last seven days.');
  return {
    organizationId: organization,
    from: momentIn(from, '--from', now),
    to: to === undefined ? new Date(now) : momentIn(to, '--to', now),
    actions: listIn(values.actions),
    actorIds: listIn(values['actor-ids']),
    actorNames: values['actor-name'] ?? [],
    targets: listIn(values.targets),
  };
}

function idOf(values: Values): string {
  const { id = '', organization, from, to, actions, targets } = values;
  const others = [organization, from, to, actions, targets, values['actor-ids'], values['actor-name']];
  if (others.some((other) => other !== undefined)) {
    throw new CliError('--id stands for an export that was asked for before; leave out what it was asked for.');
  }
  if (!/^[\w-]+$/.test(id)) throw new CliError(`--id must be the id of an export (audit_log_export_…), not '${id}'.`);
  return id;
}

function listIn(texts: readonly string[] = []): string[] {
  return texts.flatMap((text) => text.split(',').map((part) => part.trim())).filter((part) => part !== '');
}
