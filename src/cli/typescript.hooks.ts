import * as nodeModule from 'node:module';

/** TypeScript's names for what a relative import may mean: './x.js' is './x.ts', './x' may be './x/index.ts'. */
function candidates(specifier: string): string[] {
  const typed = specifier.replace(/\.([cm]?)js$/, '.$1ts');
  return typed === specifier
    ? [`${specifier}.ts`, `${specifier}.js`, `${specifier}/index.ts`, `${specifier}/index.js`]
    : [typed];
}

/** What a relative import that Node cannot find may mean. @returns what `find` gives for the first that it finds */
function resolveTyped<T>(specifier: string, find: (specifier: string) => T): T {
  try {
    return find(specifier);
  } catch (error) {
    for (const candidate of /^\.\.?\//.test(specifier) ? candidates(specifier) : []) {
      try {
        return find(candidate);
      } catch {
        // the next one, or the first error
      }
    }
    throw error;
  }
}

/**
 * Lets Node load TypeScript as compilers resolve it, and as ES modules even where package.json says that JavaScript is
 * CommonJS. Does nothing on Node below 22.15, which has no such hooks.
 */
export function registerTypeScriptHooks(): void {
  // A namespace import, because a named one of what does not exist would not load.
  const { registerHooks } = nodeModule as Partial<typeof nodeModule>;
  registerHooks?.({
    resolve: (specifier, context, next) => resolveTyped(specifier, (one) => next(one, context)),
    load: (url, context, next) => {
      const isTyped = url.startsWith('file:') && url.endsWith('.ts') && !url.includes('/node_modules/');
      return next(url, isTyped ? { ...context, format: 'module-typescript' } : context);
    },
  });
}
