import { pathToFileURL } from 'node:url';
import { explainLoadError } from './explain-load-error.js';
import { mustRestartForTypeScript, restartWithTypeScript } from './restart.js';
import { silenceWarnings } from './silence-warnings.js';
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
