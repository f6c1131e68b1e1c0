import { spawn } from 'node:child_process';
import { CliError } from './cli.error.js';

const FLAG = '--experimental-strip-types';

/** It warns before any code of ours could keep it from it. */
const QUIETLY = '--disable-warning=ExperimentalWarning';

/** Whether this Node strips types only with a flag (22.12 to 22.17), and runs without it. */
export function mustRestartForTypeScript(file: string): boolean {
  return /\.[cm]?ts$/.test(file) && !process.features.typescript;
}

/** Runs the same command again, with the flag, and ends as it ends. Does not return. */
export async function restartWithTypeScript(): Promise<never> {
  if (process.execArgv.includes(FLAG)) {
    throw new CliError(
      `Node ${process.version} cannot load TypeScript. Use Node 22.18 or newer, or give the compiled file.`,
    );
  }
  const args = [...process.execArgv, FLAG, QUIETLY, ...process.argv.slice(1)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; it is for the child to say how to end.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => resolve(exitCode ?? 2));
  });
  process.exit(code);
}
