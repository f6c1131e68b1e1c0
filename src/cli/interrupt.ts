import { SyncInterrupted } from '../schemas/schema.errors.js';
import type { Output } from './output.js';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs `work`, whose signal is aborted by the first Ctrl-C or SIGTERM so that it can end well; the second ends it at once.
 *
 * @returns its exit code, or that of the signal
 */
export async function interruptible(output: Output, work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  let code: number | undefined;
  const onSignal = (signal: keyof typeof EXIT_CODES): void => {
    if (code !== undefined) process.exit(EXIT_CODES[signal]);
    code = EXIT_CODES[signal];
    output.error('Stopping after the requests that are under way. Once more to stop at once.');
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    const isInterruption = error instanceof SyncInterrupted || error === controller.signal.reason;
    if (isInterruption && code !== undefined) return code;
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}
