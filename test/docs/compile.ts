import { dirname } from 'node:path';
import ts from 'typescript';

/**
 * Type-checks the folders of TypeScript, each as a program of its own, since each registers a catalogue of its own. What they
 * share (the package's sources, the libraries) is parsed once.
 *
 * @returns what is wrong, one line for each
 */
export function compile(folders: readonly string[], root: string): string[] {
  const parsed = new Map<string, ts.SourceFile | undefined>();
  return folders.flatMap((folder) => {
    const options = optionsIn(root);
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, ...rest) => {
      if (dirname(name) === folder) return read(name, ...rest);
      if (!parsed.has(name)) parsed.set(name, read(name, ...rest));
      return parsed.get(name);
    };
    const files = ts.sys.readDirectory(folder, ['.ts'], undefined, ['*.ts']);
    const program = ts.createProgram(files, options, host);
    return ts
      .getPreEmitDiagnostics(program)
      .map((diagnostic) => ts.formatDiagnostic(diagnostic, { ...host, getCanonicalFileName: (name) => name }).trim());
  });
}

function optionsIn(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile.bind(ts.sys)) as { config: object };
  return ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root).options;
}
