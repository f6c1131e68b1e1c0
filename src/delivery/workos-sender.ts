import type { OutboxEntry } from '../outbox/outbox.js';
import { attempt } from '../workos/answer.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { connectionOf, ownClient, type WorkOSConnection } from '../workos/workos-client.js';

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
    this.#client = connection ? ownClient(connection, timeoutMs) : (workos as { client: WorkOSAuditClient }).client;
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
