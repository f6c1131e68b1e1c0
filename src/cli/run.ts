import { CliError } from './cli.error.js';
import { commandFor } from './commands.js';
import { explain } from './explain.js';
import { EXIT_FAILURE } from './exit-codes.js';
import { Output } from './output.js';
import { wholeStdout } from './stdout.js';

/** Runs the command line and ends the process. */
export async function run(args: readonly string[]): Promise<void> {
  // `local` never uses that key; it shows the one of the stand-in, which is no secret and may be the same.
  const secret = args[0] === 'local' ? undefined : process.env['WORKOS_API_KEY'];
  const output = new Output(wholeStdout(), process.stderr, secret);
  let code: number;
  try {
    refuseOldNode();
    code = await commandFor(args)(output);
  } catch (error) {
    const reason = withoutPasswords(explain(error));
    output.error(`workos-audit: ${reason}`);
    if (args.includes('--json')) output.json({ error: reason });
    code = EXIT_FAILURE;
  }
  await output.flush();
  // A catalogue or an application may have opened something that would keep the process alive.
  process.exit(code);
}

/** An argument that is complained of may be the URL of a database. */
function withoutPasswords(text: string): string {
  return text.replaceAll(/(\w+:\/\/[^\s:@/]*):[^\s@]*@/g, '$1:[password]@');
}

function refuseOldNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 12)) {
    throw new CliError(`needs Node 22.12 or newer, this is ${process.version}.`);
  }
}
