import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../event/text.js';
import { CliError } from '../cli.error.js';
import { exportsOf } from '../load-catalogue.js';
import { loadModule } from '../load-module.js';
import type { Output } from '../output.js';
import { pathFrom } from '../schemas.options.js';
import { auditedMethods } from './audited-methods.js';
import { draftActions } from './draft.js';
import { writeDraft } from './draft.text.js';
import { chooseModule } from './root-module.js';

/** `workos-audit init` @returns the exit code */
export async function init(args: readonly string[], output: Output): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      app: { type: 'string', default: './dist/app.module.js' },
      export: { type: 'string' },
      out: { type: 'string', default: './audit-events.ts' },
      force: { type: 'boolean', default: false },
    },
  });
  const app = resolve(values.app);
  const out = resolve(values.out);
  refuse(values.app, app, out, values.force);
  const root = chooseModule(exportsOf(await loadModule(app)), values.app, values.export);
  const methods = await auditedMethods(root);
  if (methods.length === 0) {
    throw new CliError(
      `no method of ${values.app} and the modules that it imports is @Audited. Is the build up to date? ` +
        'Put @Audited on a method first, or write the catalogue by hand.',
    );
  }
  const drafts = draftActions(methods);
  write(out, writeDraft(drafts));
  const file = pathFrom(process.cwd(), out);
  output.line(`${file}: ${drafts.length} actions of ${methods.length} @Audited methods.`);
  const doubtful = drafts.filter(({ checks }) => checks.length > 0).map(({ action }) => action);
  if (doubtful.length > 0) output.line(`Look for \`// check:\` at ${doubtful.join(', ')}.`);
  output.line('Events that AuditService.record() makes cannot be found this way: add them by hand.');
  output.line('Then give the catalogue to AuditModule as `events`, and run:');
  output.line(`  npx workos-audit schemas plan --events ${file}`);
  return 0;
}

function refuse(name: string, app: string, out: string, force: boolean): void {
  if (!existsSync(app)) {
    throw new CliError(`there is no file '${name}'. Build the application first, or name its root module with --app.`);
  }
  if (!/\.[cm]?ts$/.test(out)) throw new CliError(`--out must be a TypeScript file, not '${out}'.`);
  if (!existsSync(dirname(out))) throw new CliError(`there is no folder ${dirname(out)} for --out.`);
  if (existsSync(out) && !force)
    throw new CliError(`${out} exists. Name another file with --out, or overwrite it with --force.`);
}

function write(out: string, text: string): void {
  try {
    writeFileSync(out, text);
  } catch (error) {
    throw new CliError(`the catalogue cannot be written: ${messageOf(error)}`);
  }
}
