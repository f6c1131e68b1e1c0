/** No work keeps a timer waiting for so long; a paused container, a frozen function or a debugger does. */
const STANDSTILL_MS = 1_000;

/**
 * Whether the process stood still, by a timer that was to fire at `dueAt` (monotonic). Then so did the thread or the function
 * that is waited for, and what it did not answer meanwhile says nothing about it.
 */
export function stoodStill(dueAt: number): boolean {
  return performance.now() - dueAt >= STANDSTILL_MS;
}

/**
 * As `setTimeout`, for whoever waits for an answer: after a standstill the whole time begins anew. Once, since an event loop that
 * is blocked again and again must not keep a request waiting for ever.
 */
export function setPatientTimeout(callback: () => void, ms: number): NodeJS.Timeout {
  const dueAt = performance.now() + ms;
  let anew = false;
  const timer = setTimeout(() => {
    if (anew || !stoodStill(dueAt)) return callback();
    anew = true;
    timer.refresh();
  }, ms);
  return timer;
}
