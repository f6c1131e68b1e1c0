import { pathToFileURL } from 'node:url';
import { explainLoadError } from './explain-load-error.js';
import { mustRestartForTypeScript, restartWithTypeScript } from './restart.js';
import { registerTypeScriptHooks } from './typescript.hooks.js';

/** Imports a file of the application, TypeScript or JavaScript, without a build step. @throws CliError */
export async function loadModule(file: string): Promise<object> {
  if (mustRestartForTypeScript(file)) await restartWithTypeScript();
  registerTypeScriptHooks();
  silenceWarnings();
  try {
    return (await import(pathToFileURL(file).href)) as object;
  } catch (error) {
    throw explainLoadError(file, error);
  }
}

/** That Node strips types and finds out what kind of module a file is, is what we want of it. */
function silenceWarnings(): void {
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const [type, code] = typeof rest[0] === 'object' && rest[0] !== null ? Object.values(rest[0]) : rest;
    if (type === 'ExperimentalWarning' || code === 'MODULE_TYPELESS_PACKAGE_JSON') return;
    emit(warning, ...rest);
  };
}
