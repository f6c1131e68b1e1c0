import { Logger, type LoggerService } from '@nestjs/common';

/** What Nest says about itself while an application starts. */
const BOOTSTRAP = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

let running = 0;
let before: LoggerService | undefined;
let filter: LoggerService | undefined;

/**
 * Starts a Nest application without its start-up lines. `NestFactory.create(…, { logger: false })` would do that too,
 * but it silences every logger of the process for good, those of the application under test included; so a filter
 * stands in while the work runs, and the logger of before comes back after it.
 */
export async function withoutBootstrapLog<T>(work: () => Promise<T>): Promise<T> {
  if (running === 0) {
    before = Logger['staticInstanceRef'];
    filter = filterOf(before);
    Logger.overrideLogger(filter);
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    // Somebody may have put a logger of their own in place meanwhile: theirs stays.
    if (running === 0 && Logger['staticInstanceRef'] === filter) Logger.overrideLogger(before ?? false);
  }
}

function filterOf(target: LoggerService | undefined): LoggerService {
  const pass =
    (level: 'log' | 'warn' | 'error' | 'debug' | 'verbose' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      if (level === 'log' && BOOTSTRAP.has(String(rest.at(-1)))) return;
      target?.[level]?.(message, ...rest);
    };
  return {
    log: pass('log'),
    warn: pass('warn'),
    error: pass('error'),
    debug: pass('debug'),
    verbose: pass('verbose'),
    fatal: pass('fatal'),
  };
}
