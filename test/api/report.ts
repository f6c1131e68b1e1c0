import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Nothing is written there; it is where the declarations seem to be. */
const OUT_DIR = 'build/declarations';

/**
 * The public API of the package as text: for each entry point what it exports, each with its declaration as users' compilers
 * see it, without comments and without what is private.
 */
export function apiReport(root: string, entries: Readonly<Record<string, string>>): string {
  const declarations = declarationsOf(root, Object.values(entries));
  const options: ts.CompilerOptions = { ...optionsOf(root), noEmit: true };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.directoryExists = (name) => name.startsWith(join(root, OUT_DIR)) || ts.sys.directoryExists(name);
  host.fileExists = (name) => declarations.has(name) || fileExists.call(host, name);
  host.readFile = (name) => declarations.get(name) ?? readFile.call(host, name);
  host.getSourceFile = (name, ...rest) => {
    const text = declarations.get(name);
    return text === undefined
      ? getSourceFile.call(host, name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  };
  const files = Object.entries(entries).map(([name, source]): [string, string] => [
    name,
    declarationFile(root, source),
  ]);
  const program = ts.createProgram(
    files.map(([, file]) => file),
    options,
    host,
  );
  const checker = program.getTypeChecker();
  const sections = files.map(([name, file]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile);
    const exported = module ? checker.getExportsOfModule(module) : [];
    const texts = exported
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((symbol) => textOf(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
    return `## ${name}\n\n\`\`\`ts\n${texts.join('\n\n')}\n\`\`\`\n`;
  });
  return sections.join('\n');
}

function textOf(symbol: ts.Symbol): string {
  return (symbol.declarations ?? [])
    .map((declaration) => (ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration).getText())
    .map((text) => text.replaceAll(/^ *(?:#private|private .*);\n/gm, '').replace(/^export (?:declare )?/, ''))
    .join('\n');
}

function declarationsOf(root: string, sources: readonly string[]): Map<string, string> {
  const emitted = new Map<string, string>();
  const options = {
    ...optionsOf(root),
    noEmit: false,
    emitDeclarationOnly: true,
    removeComments: true,
    outDir: join(root, OUT_DIR),
  };
  const program = ts.createProgram(
    sources.map((source) => join(root, source)),
    options,
  );
  program.emit(undefined, (name, text) => emitted.set(name, text));
  return emitted;
}

function declarationFile(root: string, source: string): string {
  return join(root, source.replace(/^src/, OUT_DIR)).replace(/\.ts$/, '.d.ts');
}

function optionsOf(root: string): ts.CompilerOptions {
  const file = join(root, 'tsconfig.build.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile.bind(ts.sys)) as { config: object };
  return ts.parseJsonConfigFileContent(config, ts.sys, dirname(file)).options;
}
