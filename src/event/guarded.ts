/** What a function of the application gave, or what went wrong with it: it threw, it rejected, or it took too long. */
export type Guarded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/**
 * Calls a function of the application so that it can neither throw nor hang.
 *
 * @param keepAlive whether the process may not end while it is waited for
 */
export async function guarded<T>(
  call: () => T | Promise<T>,
  timeoutMs: number,
  { keepAlive = true }: { keepAlive?: boolean } = {},
): Promise<Guarded<T>> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = call();
    if (!isThenable(result)) return { ok: true, value: result };
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`gave no answer within ${timeoutMs} ms`)), timeoutMs);
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
