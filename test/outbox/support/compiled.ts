import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../../..');

/** The sources of './sqlite' and all that it imports. */
const sources = [
  'sqlite.ts',
  'audit.errors.ts',
  'event/standstill.ts',
  'event/text.ts',
  'outbox/outbox.ts',
  ...readdirSync(join(root, 'src/outbox/sqlite')).map((file) => `outbox/sqlite/${file}`),
];

/** Compiles './sqlite' into a folder as the build does, for processes of their own. @returns its entry */
export function compileSqlite(folder: string, format: 'esm' | 'cjs'): string {
  for (const source of sources) {
    const isCommonJs = format === 'cjs' || source.endsWith('.cts');
    const { outputText } = ts.transpileModule(readFileSync(join(root, 'src', source), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: isCommonJs ? ts.ModuleKind.CommonJS : ts.ModuleKind.ESNext,
        isolatedModules: true,
      },
    });
    const output = join(folder, source.replace(/ts$/, 'js'));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: format === 'esm' ? 'module' : 'commonjs' }));
  return join(folder, 'sqlite.js');
}
