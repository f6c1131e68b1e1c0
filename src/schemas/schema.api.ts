import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from '../workos/answer.js';
import { backoffMs } from '../delivery/backoff.js';
import { type Outcome, outcomeOf } from '../delivery/outcome.js';
import type { WorkOSSchemaClient } from './schema.client.js';
import { plainReason } from '../workos/api.error.js';
import { AuditSchemaError, SyncInterrupted } from './schema.errors.js';

/** How the requests of a sync are made. */
export interface SchemaApiOptions {
  /** Limit of one request, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the work after the request that is under way. */
  readonly signal?: AbortSignal;
  /** Told before each wait, with the reason. */
  readonly onWait?: (ms: number, reason: string) => void;
}

/** An answer of WorkOS that gives no result. */
export type Failure = Exclude<Outcome, { kind: 'delivered' }>;

const MAX_FAILURES = 5;
const MAX_THROTTLES = 20;
const BACKOFF = { minMs: 250, maxMs: 10_000 };
const MAX_RETRY_AFTER_MS = 60_000;

/** Requests to WorkOS, one at a time from where it is called, and what to do when one fails. */
export class SchemaApi {
  constructor(
    private readonly client: WorkOSSchemaClient,
    private readonly options: SchemaApiOptions,
  ) {}

  /** Reads, again and again while there is hope. @returns `undefined` for a 404 */
  async get(path: string, query: Record<string, string>): Promise<unknown> {
    const patience = this.patience(`GET ${path}`);
    for (;;) {
      const { outcome, data } = await this.#once(() => this.client.get(path, { query }));
      if (outcome.kind === 'delivered') return data;
      if (outcome.error.status === 404) return undefined;
      await patience.wait(outcome);
    }
  }

  /** One attempt: whether to make another is for the caller to know. */
  post(path: string, body: object): Promise<{ outcome: Outcome; data: unknown }> {
    return this.#once(() => this.client.post(path, body));
  }

  /** What waits after the failures of one request, and gives up in the end. */
  patience(request: string): { wait: (failure: Failure) => Promise<void> } {
    const count = { failures: 0, throttles: 0 };
    return {
      wait: async (failure) => {
        const throttled = failure.kind === 'throttled';
        if (failure.kind === 'unauthorized' || failure.kind === 'refused') throw new AuditSchemaError(request, failure);
        count[throttled ? 'throttles' : 'failures'] += 1;
        if (count.failures >= MAX_FAILURES || count.throttles >= MAX_THROTTLES) {
          throw new AuditSchemaError(request, failure);
        }
        const own = backoffMs(throttled ? count.throttles : count.failures - 1, BACKOFF);
        const ms = Math.min(failure.retryAfterMs ?? own, MAX_RETRY_AFTER_MS);
        this.options.onWait?.(ms, plainReason(failure.error.message));
        await this.#sleep(ms);
      },
    };
  }

  async #once(send: () => Promise<{ data: unknown }>): Promise<{ outcome: Outcome; data: unknown }> {
    if (this.options.signal?.aborted) throw new SyncInterrupted();
    let data: unknown;
    const seen = await attempt(async () => {
      ({ data } = await send());
    }, this.options.timeoutMs);
    return { outcome: outcomeOf(seen), data };
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.options.signal }).catch(() => {
      throw new SyncInterrupted();
    });
  }
}
