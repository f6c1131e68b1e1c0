/** Blocks the event loop past any time of some hundred milliseconds by more than work ever does. */
export function standStill(): void {
  const end = performance.now() + 1_500;
  while (performance.now() < end);
}
