/** A bell for one sleeper: `raise` wakes it, or keeps it from falling asleep. Its timers do not keep the process alive. */
export class Signal {
  #raised = false;
  #holders = 0;
  #wake?: () => void;

  get raised(): boolean {
    return this.#raised;
  }

  raise(): void {
    this.#raised = true;
    this.#wake?.();
  }

  /** Resolves when the bell rings, at the latest after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#raised) await this.#sleep(ms);
    this.#raised = false;
  }

  /** Resolves after `ms`, whatever rings. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#timer(resolve, ms));
  }

  /** From now on timers keep the process alive, until the answered function is called. */
  keepAlive(): () => void {
    this.#holders += 1;
    return () => void (this.#holders -= 1);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#timer(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #timer(callback: () => void, ms: number): NodeJS.Timeout {
    const timer = setTimeout(callback, Math.ceil(ms));
    if (this.#holders === 0) timer.unref();
    return timer;
  }
}
