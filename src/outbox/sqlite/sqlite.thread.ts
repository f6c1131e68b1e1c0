import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { folder } from './sqlite.folder.cjs';
import type { SqliteSettings } from './sqlite.protocol.js';

/** Starts the thread that owns the file. @throws Error when its script is nowhere to be found */
export function startThread(settings: SqliteSettings): Worker {
  const name = 'workos-audit-outbox';
  const beside = join(folder, 'sqlite.worker.js');
  if (existsSync(beside)) return new Worker(beside, { name, workerData: settings });
  // Only in this library's own tests, which must not get that of an earlier build.
  const source = join(folder, 'sqlite.worker.ts');
  if (existsSync(source)) return new Worker(source, { name, workerData: settings, execArgv: typescript() });
  const installed = inPackage().find((path) => existsSync(path));
  if (installed) return new Worker(installed, { name, workerData: settings });
  throw new Error(
    `The SQLite outbox does not find the script of its thread, ${join(folder, 'sqlite.worker.js')}. When the application is ` +
      `bundled, leave 'nestjs-workos-audit' out of the bundle (external) and install it beside it.`,
  );
}

/** For an application whose bundler took in this file, but not the thread's: the package in node_modules has it. */
function inPackage(): string[] {
  return [folder, process.cwd()].flatMap((base) => {
    try {
      const entry = createRequire(join(base, 'bundle.js')).resolve('nestjs-workos-audit/sqlite');
      return join(dirname(entry), 'outbox/sqlite/sqlite.worker.js');
    } catch {
      return [];
    }
  });
}

/** Node strips types, but does not know that './x.js' is './x.ts'; the cache saves each thread from stripping them anew. */
function typescript(): string[] {
  const hook = `import { enableCompileCache, registerHooks } from 'node:module';
    enableCompileCache();
    registerHooks({ resolve: (name, context, next) => next(name.replace(/^(\\.+\\/.*)\\.js$/, '$1.ts'), context) });`;
  return [
    ...(process.features.typescript ? [] : ['--experimental-strip-types']),
    '--import',
    `data:text/javascript,${encodeURIComponent(hook)}`,
  ];
}
