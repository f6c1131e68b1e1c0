import { stoodStill } from '../event/standstill.js';
import { outside } from '../telemetry/outside.js';

/** One time that is waited for. */
export class Deadline {
  /** Absent once it is met or missed, so that nothing is kept alive. */
  #onMissed?: () => void;
  #at: number;
  #anew = false;

  constructor(
    at: number,
    onMissed: () => void,
    private readonly onMet: () => void,
  ) {
    this.#at = at;
    this.#onMissed = onMissed;
  }

  get at(): number {
    return this.#at;
  }

  get open(): boolean {
    return this.#onMissed !== undefined;
  }

  /** It is done. @returns whether that was in time */
  meet(): boolean {
    if (!this.#onMissed) return false;
    this.#onMissed = undefined;
    this.onMet();
    return true;
  }

  /** Once: an event loop that is blocked again and again must not keep anybody waiting for ever. */
  beginAnew(at: number): void {
    if (!this.#anew) this.#at = at;
    this.#anew = true;
  }

  miss(): void {
    const onMissed = this.#onMissed;
    this.#onMissed = undefined;
    onMissed?.();
  }
}

/**
 * Deadlines that are all as far away, on one timer: at thousands a second, a timer for each would cost more than what is
 * waited for. The process is kept alive while one is open.
 */
export class Deadlines {
  /** In the order of their times; the front is at `#first`. */
  #queue: Deadline[] = [];
  #first = 0;
  #open = 0;
  #timer?: NodeJS.Timeout;
  #timerAt = 0;
  readonly #onMet = (): void => this.#close();

  constructor(private readonly timeoutMs: number) {}

  /** @param onMissed called once, unless {@link Deadline.meet} is called before the time is over */
  add(onMissed: () => void): Deadline {
    const deadline = new Deadline(performance.now() + this.timeoutMs, onMissed, this.#onMet);
    this.#queue.push(deadline);
    this.#open += 1;
    if (this.#open === 1) this.#wait(this.timeoutMs);
    return deadline;
  }

  #close(): void {
    this.#open -= 1;
    if (this.#open > 0) return this.#forget();
    this.#queue.length = 0;
    this.#first = 0;
    this.#timer?.unref();
  }

  /** What is met at the front need not be kept. */
  #forget(): void {
    while (this.#queue[this.#first]?.open === false) this.#first += 1;
    if (this.#first < 1_000) return;
    this.#queue = this.#queue.slice(this.#first);
    this.#first = 0;
  }

  #wait(ms: number): void {
    if (this.#timer) return void this.#timer.ref();
    this.#timerAt = performance.now() + ms;
    this.#timer = outside(() => setTimeout(() => this.#look(), ms));
  }

  /** After a long block of the event loop the answers are there, but not read yet; `setImmediate` lets them in first. */
  #look(): void {
    this.#timer = undefined;
    if (stoodStill(this.#timerAt)) this.#beginAnew();
    setImmediate(() => {
      if (this.#timer) return; // all were met, and there is a new one
      const now = performance.now();
      for (; this.#first < this.#queue.length; this.#first += 1) {
        const deadline = this.#queue[this.#first];
        if (!deadline?.open) continue;
        if (deadline.at > now) return this.#wait(Math.ceil(deadline.at - now));
        this.#open -= 1;
        deadline.miss();
      }
      this.#queue.length = 0;
      this.#first = 0;
    });
  }

  #beginAnew(): void {
    const at = performance.now() + this.timeoutMs;
    for (let index = this.#first; index < this.#queue.length; index += 1) this.#queue[index]?.beginAnew(at);
  }
}
