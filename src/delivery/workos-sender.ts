import { WorkOS } from '@workos-inc/node';
import type { OutboxEntry } from '../outbox/outbox.js';
import { attempt, observingFetch } from './answer.js';
import { outcomeOf, type Outcome } from './outcome.js';

/** The part of a `WorkOS` instance that is used, so that every copy and major of the SDK fits. */
export interface WorkOSAuditClient {
  readonly auditLogs: {
    createEvent(
      organization: string,
      event: {
        action: string;
        occurredAt: Date;
        version?: number;
        actor: { id: string; type: string; name?: string; metadata?: Record<string, string | number | boolean> };
        targets: { id: string; type: string; name?: string; metadata?: Record<string, string | number | boolean> }[];
        context: { location: string; userAgent?: string };
        metadata?: Record<string, string | number | boolean>;
      },
      options?: { idempotencyKey?: string },
    ): Promise<unknown>;
  };
}

/** How to reach WorkOS with a key; the fields are those of the SDK's `WorkOSOptions`. */
export interface WorkOSConnection {
  /** Secret key, `sk_…`. */
  readonly apiKey: string | undefined;
  readonly apiHostname?: string;
  readonly https?: boolean;
  readonly port?: number;
  readonly clientId?: string;
  /** Used for every request to WorkOS, for example one that goes through a proxy. */
  readonly fetchFn?: typeof fetch;
}

/** Sends one entry as one POST, through the SDK. */
export class WorkOSSender {
  readonly #client: WorkOSAuditClient;
  readonly #secret?: string;

  /** @param timeoutMs limit of one attempt, its body included */
  constructor(
    workos: WorkOSConnection | { readonly client: WorkOSAuditClient },
    private readonly timeoutMs: number,
  ) {
    const connection = 'client' in workos ? connectionOf(workos.client) : workos;
    this.#secret = connection?.apiKey;
    this.#client = connection ? clientFor(connection, timeoutMs) : (workos as { client: WorkOSAuditClient }).client;
  }

  /** Never rejects. */
  async send({ id, event }: OutboxEntry): Promise<Outcome> {
    const { organizationId, occurredAt, targets, ...rest } = event;
    const outcome = outcomeOf(
      await attempt(
        // The async arrow also catches what the SDK throws before it sends.
        async () =>
          this.#client.auditLogs.createEvent(
            organizationId,
            { ...rest, targets: [...targets], occurredAt: new Date(occurredAt) },
            { idempotencyKey: id },
          ),
        this.timeoutMs,
      ),
    );
    return outcome.kind === 'delivered' ? outcome : { ...outcome, error: this.#withoutSecret(outcome.error) };
  }

  #withoutSecret<E extends { message: string }>(error: E): E {
    return this.#secret ? { ...error, message: error.message.replaceAll(this.#secret, '[api key]') } : error;
  }
}

/** A client of our own: without the SDK's retries, which would hold a slot for minutes, and with an observed `fetch`. */
function clientFor(connection: WorkOSConnection, timeout: number): WorkOSAuditClient {
  const { apiKey, fetchFn, ...options } = connection;
  const client = new WorkOS(apiKey, { ...options, fetchFn: observingFetch(fetchFn), timeout, maxRetries: 0 });
  // Before 10.8 the SDK retries audit events whatever `maxRetries` says.
  Object.assign((client as { client?: object }).client ?? {}, { MAX_RETRY_ATTEMPTS: 0 });
  return client;
}

/**
 * What is needed to make such a client from one that the application handed in. A stand-in that does not carry its key is
 * used as it is.
 */
function connectionOf(client: WorkOSAuditClient): WorkOSConnection | undefined {
  const { key, options } = client as { key?: unknown; options?: unknown };
  if (typeof key !== 'string' || typeof options !== 'object' || options === null) return undefined;
  return { ...options, apiKey: key };
}
