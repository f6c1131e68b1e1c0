import { CliError } from './cli.error.js';
import { HELP } from './help.js';
import type { Output } from './output.js';
import { packageVersion } from './package-version.js';

/** What a command does. @returns the exit code */
export type Command = (output: Output) => Promise<number>;

const SCHEMA_COMMANDS = ['plan', 'push', 'check'] as const;

/** Finds the command that the arguments name; each is loaded only when it is asked for. */
export function commandFor(args: readonly string[]): Command {
  const [first, second, ...rest] = args;
  if (first === undefined || args.includes('--help') || args.includes('-h') || first === 'help') return say(HELP);
  if (first === '--version' || first === '-v') return say(packageVersion());
  if (first === 'init') {
    return async (output) => (await import('./init/init.command.js')).init(args.slice(1), output);
  }
  if (first !== 'schemas') throw unknown(`there is no command '${first}'`);
  const command = SCHEMA_COMMANDS.find((name) => name === second);
  if (!command) throw unknown(second === undefined ? 'schemas: which command?' : `schemas: there is no '${second}'`);
  return async (output) => (await import('./schemas.command.js')).schemas(command, rest, output);
}

function say(text: string): Command {
  return (output) => {
    output.line(text);
    return Promise.resolve(0);
  };
}

function unknown(problem: string): CliError {
  return new CliError(`${problem}. The commands are: schemas plan, schemas push, schemas check, init. See --help.`);
}
