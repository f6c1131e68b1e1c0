import { setPatientTimeout } from './standstill.js';

/** What a function of the application gave, or what went wrong with it: it threw, it rejected, or it took too long. */
export type Guarded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** How {@link guarded} waits. */
export interface GuardedOptions {
  /** Whether the process may not end meanwhile. @default true */
  readonly keepAlive?: boolean;
}

/** Calls a function of the application so that it can neither throw nor hang. */
export async function guarded<T>(
  call: () => T | Promise<T>,
  timeoutMs: number,
  options?: GuardedOptions,
): Promise<Guarded<T>> {
  return attempt(call, timeoutMs, options);
}

/** The same, at once where the function answers at once: most do, and a promise for each would cost more than they do. */
export function attempt<T>(
  call: () => T | Promise<T>,
  timeoutMs: number,
  options?: GuardedOptions,
): Guarded<T> | Promise<Guarded<T>> {
  try {
    const result = call();
    return isThenable(result) ? inTime(result, timeoutMs, options) : { ok: true, value: result };
  } catch (error) {
    return { ok: false, error };
  }
}

async function inTime<T>(
  result: Promise<T>,
  timeoutMs: number,
  { keepAlive = true }: GuardedOptions = {},
): Promise<Guarded<T>> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setPatientTimeout(() => reject(new Error(`gave no answer within ${timeoutMs} ms`)), timeoutMs);
      if (!keepAlive) timer.unref();
    });
    return { ok: true, value: await Promise.race([result, late]) };
  } catch (error) {
    return { ok: false, error };
  } finally {
    clearTimeout(timer);
  }
}

function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
