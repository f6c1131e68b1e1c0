import { SchemaSync } from '../schemas/schema.sync.js';
import { interruptible } from './interrupt.js';
import { loadCatalogue } from './load-catalogue.js';
import { readLock } from './lock-file.js';
import type { Output } from './output.js';
import { showPlan } from './plan.report.js';
import { push } from './push.js';
import { eventsInLock, schemasOptions } from './schemas.options.js';
import { SyncProgress } from './sync.progress.js';

/** `workos-audit schemas plan | push | check` @returns the exit code */
export async function schemas(command: 'plan' | 'push' | 'check', args: string[], output: Output): Promise<number> {
  const options = schemasOptions(args, process.env);
  const lock = readLock(options.lock);
  const catalogue = await loadCatalogue(options.events, options.exportName);
  const progress = new SyncProgress(output, options.json);
  return interruptible(output, async (signal) => {
    progress.reading(catalogue);
    const sync = await SchemaSync.read(options.connection, catalogue, {
      lock,
      signal,
      events: eventsInLock(options),
      timeoutMs: options.timeoutMs,
      onCreated: (schema, version) => progress.created(schema, version),
      onWait: (ms, reason) => progress.waiting(ms, reason),
    });
    return command === 'push' ? push(sync, options, progress, output) : showPlan(command, sync, options, output);
  });
}
