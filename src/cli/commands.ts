import { CliError } from './cli.error.js';
import { HELP } from './help.js';
import type { Output } from './output.js';
import { packageVersion } from './package-version.js';

/** What a command does. @returns the exit code */
export type Command = (output: Output) => Promise<number>;

const SCHEMA_COMMANDS = ['plan', 'push', 'check'] as const;
const OUTBOX_COMMANDS = ['stats', 'list', 'show', 'redrive', 'purge', 'move'] as const;

/** Finds the command that the arguments name; each is loaded only when it is asked for. */
export function commandFor(args: readonly string[]): Command {
  const [first, second, ...rest] = args;
  if (first === undefined || args.includes('--help') || args.includes('-h') || first === 'help') return say(HELP);
  if (first === '--version' || first === '-v') return say(packageVersion());
  if (first === 'init') {
    return async (output) => (await import('./init/init.command.js')).init(args.slice(1), output);
  }
  if (first === 'local') {
    return async (output) => (await import('./local/local.command.js')).local(args.slice(1), output);
  }
  if (first === 'export') {
    return async (output) => (await import('./export/export.command.js')).exportTrail(args.slice(1), output);
  }
  if (first === 'schemas') {
    const command = oneOf(SCHEMA_COMMANDS, first, second);
    return async (output) => (await import('./schemas.command.js')).schemas(command, rest, output);
  }
  if (first === 'outbox') {
    const command = oneOf(OUTBOX_COMMANDS, first, second);
    return async (output) => (await import('./outbox/outbox.command.js')).outbox(command, rest, output);
  }
  throw unknown(`there is no command '${first}'`);
}

function oneOf<T extends string>(commands: readonly T[], group: string, given: string | undefined): T {
  const command = commands.find((name) => name === given);
  if (command !== undefined) return command;
  throw unknown(given === undefined ? `${group}: which command?` : `${group}: there is no '${given}'`);
}

function say(text: string): Command {
  return (output) => {
    output.line(text);
    return Promise.resolve(0);
  };
}

function unknown(problem: string): CliError {
  const all = [
    ...SCHEMA_COMMANDS.map((one) => `schemas ${one}`),
    'init',
    'local',
    'export',
    ...OUTBOX_COMMANDS.map((one) => `outbox ${one}`),
  ];
  return new CliError(`${problem}. The commands are: ${all.join(', ')}. See --help.`);
}
