/** No work keeps a timer waiting for so long; a paused container, a frozen function or a debugger does. */
const STANDSTILL_MS = 1_000;

/**
 * Whether the process stood still, by a timer that was to fire at `dueAt` (monotonic). Then so did the thread or the function
 * that is waited for, and what it did not answer meanwhile says nothing about it.
 */
export function stoodStill(dueAt: number, now = performance.now()): boolean {
  return now - dueAt >= STANDSTILL_MS;
}

/** As `setTimeout`, for whoever waits for an answer: after a standstill the whole time begins anew. */
export function setPatientTimeout(callback: () => void, ms: number): NodeJS.Timeout {
  let dueAt = performance.now() + ms;
  const timer = setTimeout(() => {
    if (!stoodStill(dueAt)) return callback();
    dueAt = performance.now() + ms;
    timer.refresh();
  }, ms);
  return timer;
}
