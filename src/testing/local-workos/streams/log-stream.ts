import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../../delivery/backoff.js';
import { messageOf } from '../../../event/text.js';
import { newId } from '../ids.js';
import type { StoredEvent } from '../local-workos.types.js';
import type { LocalWorkOSLogStream } from './stream.destination.js';
import { streamedJson } from './streamed.json.js';

/** Quicker than WorkOS's, since somebody watches. */
const BACKOFF = { minMs: 200, maxMs: 5_000 };
const TIMEOUT_MS = 5_000;
const MAX_WAITING = 10_000;

/** One organization's stream to an address: posts event after event, and tries again what is not taken. */
export class LogStream {
  readonly id = newId('als');
  readonly type = 'GenericHttps';
  readonly createdAt = new Date();
  /** `error` as long as the destination does not take what is sent. */
  state: 'active' | 'error' = 'active';
  lastSyncedAt: Date | null = null;
  /** Why the last attempt failed, if it did. */
  problem?: string;
  delivered = 0;
  readonly #waiting: StoredEvent[] = [];
  #stop = new AbortController();
  #running?: Promise<void>;

  constructor(readonly destination: LocalWorkOSLogStream) {}

  get waiting(): number {
    return this.#waiting.length;
  }

  add(event: StoredEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    this.resume();
  }

  /** Goes on with what waits. */
  resume(): void {
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    this.#running ??= this.#run(this.#stop.signal).finally(() => {
      this.#running = undefined;
      // What came just as the last one was done.
      if (this.waiting > 0 && !this.#stop.signal.aborted) this.resume();
    });
  }

  /** Stops sending; what waits is kept. Resolves when nothing is under way any more. */
  async pause(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Forgets what waits and what was. */
  clear(): void {
    this.#waiting.length = 0;
    Object.assign(this, { state: 'active', lastSyncedAt: null, problem: undefined, delivered: 0 });
  }

  /** Never rejects. */
  async #run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      const [event] = this.#waiting;
      if (event === undefined) return;
      const problem = await this.#post(event, signal);
      if (signal.aborted) return;
      this.problem = problem;
      this.state = problem === undefined ? 'active' : 'error';
      if (problem === undefined) this.#done(event);
      failures = problem === undefined ? 0 : failures + 1;
      if (failures > 0)
        await sleep(backoffMs(failures - 1, BACKOFF), undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #done(event: StoredEvent): void {
    // It may have been cleared, or pushed out by newer ones, in the meantime.
    if (this.#waiting[0] === event) this.#waiting.shift();
    this.delivered += 1;
    this.lastSyncedAt = new Date();
  }

  /** @returns why it was not taken */
  async #post(event: StoredEvent, stop: AbortSignal): Promise<string | undefined> {
    const { url, headers } = this.destination;
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(streamedJson(event)),
        signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `it answers HTTP ${response.status}`;
    } catch (error) {
      return `it cannot be reached: ${messageOf((error as Error).cause ?? error)}`;
    }
  }
}
