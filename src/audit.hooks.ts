import { LogThrottle } from './audit.log.js';
import type { AuditModuleOptions } from './audit.options.js';
import type { AuditWitness } from './audit.stand-in.js';
import { guarded } from './event/guarded.js';
import { messageOf } from './event/text.js';
import type { BuriedEntry, OutboxEntry } from './outbox/outbox.js';
import { outside } from './telemetry/outside.js';

/** Calls that run at the same time, so that a storm of losses is not passed on to what the hooks talk to. */
const CONCURRENCY = 16;
/** Calls that wait for one of these at the most; what comes then is in the error log only. */
const MAX_WAITING = 10_000;
const TIMEOUT_MS = 10_000;

interface HookCall {
  readonly name: 'onBuried' | 'onDropped';
  readonly call: () => void | Promise<void>;
}

/**
 * Tells the application of events that did not arrive. A hook is never waited for and runs outside of the request; one that
 * throws, rejects or hangs costs a log line.
 */
export class AuditHooks {
  readonly #throttle: LogThrottle;
  readonly #waiting: HookCall[] = [];
  #running = 0;
  #onIdle = (): void => {};

  constructor(
    private readonly hooks: Pick<AuditModuleOptions, 'onBuried' | 'onDropped'> & { readonly standIn?: AuditWitness },
    private readonly logger: { error(message: string): void },
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.#throttle = new LogThrottle((message) => logger.error(message));
  }

  buried(entry: BuriedEntry): void {
    const { onBuried } = this.hooks;
    if (onBuried) this.#add({ name: 'onBuried', call: () => onBuried(entry) });
  }

  dropped(entry: OutboxEntry, reason: string): void {
    const { onDropped, standIn } = this.hooks;
    standIn?.dropped(entry, reason);
    if (onDropped) this.#add({ name: 'onDropped', call: () => onDropped(entry, reason) });
  }

  /** Waits until every call is over, at the shutdown. Never rejects. */
  async settle(timeoutMs: number): Promise<void> {
    if (this.#left === 0) return;
    await guarded(() => new Promise<void>((resolve) => (this.#onIdle = resolve)), timeoutMs);
    if (this.#left > 0)
      this.logger.error(`${this.#left} calls of onBuried and onDropped were not over at the shutdown.`);
  }

  get #left(): number {
    return this.#running + this.#waiting.length;
  }

  #add(call: HookCall): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#throttle.log(`The hook ${call.name} was not called: ${MAX_WAITING} calls wait already`);
      return;
    }
    this.#waiting.push(call);
    // Not within the request, whose answer a slow hook would delay.
    setImmediate(() => this.#next());
  }

  #next(): void {
    while (this.#running < CONCURRENCY) {
      const call = this.#waiting.shift();
      if (!call) break;
      this.#running += 1;
      void outside(() => this.#run(call));
    }
    if (this.#left === 0) this.#onIdle();
  }

  async #run({ name, call }: HookCall): Promise<void> {
    const done = await guarded(call, this.timeoutMs, { keepAlive: false });
    if (!done.ok) this.#throttle.log(`The hook ${name} failed: ${messageOf(done.error)}`);
    this.#running -= 1;
    this.#next();
  }
}
