import { createHmac } from 'node:crypto';
import { loopbackUrl } from '../http/loopback.js';
import { BoundedList } from '../http/bounded-list.js';
import { newId } from '../ids.js';
import type { LocalWorkOSConfig } from '../local-workos.options.js';

/** A webhook that was sent, and how its receiver answered. */
export interface WebhookDelivery {
  readonly url: string;
  /** Such as `dsync.group.user_added`. */
  readonly event: string;
  /** The body as it was sent, and the `WorkOS-Signature` header. */
  readonly body: string;
  readonly signature: string;
  /** Absent if there was no answer. */
  readonly status?: number;
  readonly error?: string;
}

/** How long a receiver may take, in milliseconds. */
const TIMEOUT_MS = 5_000;
const KEPT = 10_000;

/**
 * Sends webhooks, one after the other, each once: WorkOS tries again for three days, and promises no order.
 * [WorkOS docs, events/data-syncing/webhooks]
 */
export class Webhooks {
  readonly #endpoints = new Set<{ readonly url: string }>();
  readonly #sent = new BoundedList<WebhookDelivery>(KEPT);
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly config: LocalWorkOSConfig) {}

  /** Returns its undo. @throws if the address is not on this machine */
  add(url: string): () => void {
    if (loopbackUrl(url) === undefined) {
      throw new Error(
        `LocalWorkOS sends webhooks to this machine only, not to '${url}': it is a development tool, and what it sends is made up.`,
      );
    }
    const endpoint = { url };
    this.#endpoints.add(endpoint);
    return () => void this.#endpoints.delete(endpoint);
  }

  /** Sends an event to every endpoint. @returns its deliveries, once there is an answer to each */
  send(event: string, data: unknown): Promise<WebhookDelivery[]> {
    const body = JSON.stringify({
      object: 'event',
      id: newId('event'),
      event,
      data,
      created_at: new Date().toISOString(),
    });
    const deliveries = [...this.#endpoints].map(({ url }) => {
      const delivery = this.#queue.then(() => this.#deliver(url, event, body));
      this.#queue = delivery;
      return delivery;
    });
    return Promise.all(deliveries);
  }

  /** Everything that was sent, once nothing is under way. */
  async settled(): Promise<readonly WebhookDelivery[]> {
    let queue;
    do {
      queue = this.#queue;
      await queue;
    } while (queue !== this.#queue);
    return this.#sent.items;
  }

  async #deliver(url: string, event: string, body: string): Promise<WebhookDelivery> {
    const signature = signatureOf(body, this.config.webhookSecret);
    const sent = { url, event, body, signature };
    const delivery = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'WorkOS-Signature': signature, 'User-Agent': 'WorkOS' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).then(
      async (response): Promise<WebhookDelivery> => {
        await response.body?.cancel();
        return { ...sent, status: response.status };
      },
      (error: unknown): WebhookDelivery => ({ ...sent, error: String(error) }),
    );
    this.#sent.add(delivery);
    return delivery;
  }
}

/** The `WorkOS-Signature` header: when it was sent, in milliseconds, and an HMAC over that and the body. */
export function signatureOf(body: string, secret: string, at = Date.now()): string {
  const hash = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return `t=${at}, v1=${hash}`;
}
