/** Taken here, so that the fake timers of a test do not keep what is recorded waiting. */
const { setImmediate: afterThisTurn } = globalThis;

/**
 * The end of a turn of the event loop, for all that was stored in it: the responses that wait for it leave one after the other.
 * Between two handlers that work, each would find the caches of the processor cold (`npm run bench`).
 */
export class Turn {
  #end?: Promise<void>;

  /** Resolves at the end of this turn. */
  end(): Promise<void> {
    this.#end ??= new Promise((resolve) => {
      afterThisTurn(() => {
        this.#end = undefined;
        resolve();
      });
    });
    return this.#end;
  }
}
