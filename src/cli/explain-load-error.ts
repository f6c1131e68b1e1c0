import { recordOf } from '../schemas/schema.wire.js';
import { messageOf } from '../event/text.js';
import { CliError } from './cli.error.js';

/** Makes of what importing a file threw an error that says what to do. */
export function explainLoadError(file: string, error: unknown): unknown {
  const { name, code, stack } = recordOf(error);
  if (name === 'CliError') return error;
  const advice = adviceFor(typeof code === 'string' ? code : '', name, messageOf(error));
  if (name === 'AuditConfigurationError') return new CliError(`${file} is wrong. ${messageOf(error)}`);
  const where =
    typeof stack === 'string' ? stack.split('\n').find((line) => /file:|\.[cm]?[jt]s:\d/.test(line)) : undefined;
  return new CliError(
    [`${file} cannot be loaded: ${messageOf(error)}`, ...(where ? [where.trim()] : []), ...advice].join('\n'),
  );
}

const KEEP_IT_PLAIN =
  'Node runs TypeScript by leaving the types out, so a catalogue and what it imports can have no enum, namespace, parameter ' +
  'property or decorator. Move those to another file and import only their types (`import type { … }`), or compile and ' +
  'name the compiled file.';

function adviceFor(code: string, name: unknown, message: string): string[] {
  if (/does not provide an export named/.test(message)) {
    return ['If that is a type, import it with `import type { … }`: Node leaves out only imports that say so.'];
  }
  if (code.includes('TYPESCRIPT_SYNTAX') || name === 'SyntaxError') return [KEEP_IT_PLAIN];
  if (code === 'ERR_UNSUPPORTED_DIR_IMPORT' || code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return [
      'Node does not know the `paths` of tsconfig.json: import by a relative path, with a file name. A type is best imported ' +
        'with `import type { … }`, which loads nothing. Before Node 22.15, write the name with its .ts.',
    ];
  }
  return [];
}
