import { AuditUsageError } from '../audit.errors.js';
import { type Outcome, outcomeOf } from '../delivery/outcome.js';
import { describeValue } from '../event/text.js';
import { attempt } from './answer.js';
import { apiError, AuditWorkOSError, type Meanings } from './api.error.js';
import { connectionOf, ownClient, type WorkOSConnection } from './workos-client.js';

/** The part of a `WorkOS` instance that log streams and exports use, so that every copy and major of the SDK fits. */
export interface WorkOSManagementClient {
  readonly adminPortal: {
    generateLink(options: {
      organization: string;
      intent: 'audit_logs' | 'log_streams';
      returnUrl?: string;
      successUrl?: string;
    }): Promise<unknown>;
  };
  readonly auditLogs: {
    createExport(options: {
      organizationId: string;
      rangeStart: Date;
      rangeEnd: Date;
      actions?: string[];
      actorNames?: string[];
      actorIds?: string[];
      targets?: string[];
    }): Promise<unknown>;
    getExport(id: string): Promise<unknown>;
  };
  get(path: string): Promise<{ data: unknown }>;
  put(path: string, entity: object): Promise<{ data: unknown }>;
}

/** One request: what it is called in an error, which method of the client it needs, and how it is made. */
export interface ApiRequest {
  /** In words, such as "The log stream of 'org_1'". */
  readonly what: string;
  /** Where the client has it, such as `adminPortal.generateLink`. */
  readonly method: string;
  readonly send: (client: WorkOSManagementClient) => Promise<unknown>;
  readonly meanings?: Meanings;
}

/** Requests to WorkOS other than those that deliver events: one attempt each, within a time limit. */
export class WorkOSApi {
  readonly #workos: WorkOSConnection | { readonly client: object };
  readonly #connection?: WorkOSConnection;
  #client?: WorkOSManagementClient;

  constructor(
    workos: WorkOSConnection | { readonly client: object },
    /** Limit of one request, in milliseconds. */
    readonly timeoutMs: number,
  ) {
    this.#workos = workos;
    this.#connection = 'client' in workos ? connectionOf(workos.client) : workos;
  }

  /** What downloads files: the connection's own `fetch`, such as one that goes through a proxy. */
  get fetch(): typeof fetch {
    return this.#connection?.fetchFn ?? globalThis.fetch;
  }

  /** @throws AuditWorkOSError; AuditUsageError when the client cannot do it; the signal's reason when it is aborted */
  async ask(request: ApiRequest, signal?: AbortSignal): Promise<unknown> {
    const { outcome, value } = await this.once(request, signal);
    if (outcome.kind === 'delivered') return value;
    throw apiError(request.what, outcome, request.meanings ?? (() => undefined));
  }

  /** The same for a caller that knows what to do about a failure. */
  async once(request: ApiRequest, signal?: AbortSignal): Promise<{ outcome: Outcome; value: unknown }> {
    signal?.throwIfAborted();
    const client = this.#clientFor(request);
    let value: unknown;
    const seen = await attempt(
      async () => {
        value = await request.send(client);
      },
      this.timeoutMs,
      signal,
    );
    signal?.throwIfAborted();
    return { outcome: this.#withoutSecret(outcomeOf(seen)), value };
  }

  #clientFor({ what, method }: ApiRequest): WorkOSManagementClient {
    const given = this.#workos;
    this.#client ??= (
      this.#connection ? ownClient(this.#connection, this.timeoutMs) : (given as { client: object }).client
    ) as WorkOSManagementClient;
    const found = method.split('.').reduce<unknown>((object, key) => (object as never)?.[key], this.#client);
    if (typeof found === 'function') return this.#client;
    throw new AuditUsageError(
      `${what}: \`workos.client\` is ${describeValue(this.#client)}, a stand-in that has no ${method}(). Give AuditModule ` +
        '{ apiKey } or a WorkOS instance of @workos-inc/node 9 or later, or add that method to the stand-in.',
    );
  }

  #withoutSecret(outcome: Outcome): Outcome {
    const secret = this.#connection?.apiKey;
    if (outcome.kind === 'delivered' || !secret) return outcome;
    return { ...outcome, error: { ...outcome.error, message: outcome.error.message.replaceAll(secret, '[api key]') } };
  }
}

/** The error of an answer that does not hold what WorkOS's documentation says. */
export function unexpected(what: string, value: unknown): AuditWorkOSError {
  return new AuditWorkOSError(
    'unexpected',
    `${what}: the answer is ${describeValue(value)}, which is not what WorkOS documents. Is there a proxy in between?`,
  );
}
