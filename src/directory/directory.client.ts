import { type Outcome, outcomeOf } from '../delivery/outcome.js';
import { attempt } from '../workos/answer.js';
import { connectionOf, ownClient, type WorkOSConnection } from '../workos/workos-client.js';

/** Limit of one request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 5_000;

/** The part of a `WorkOS` instance that is used; every major of the SDK has it. */
interface Getter {
  get(path: string, options: { query: Record<string, string> }): Promise<{ data: unknown }>;
}

/** What a request gave: data, or why there is none. */
export type Reading = { readonly outcome: Outcome; readonly data?: unknown };

/** Reads from Directory Sync, without the SDK's retries. It keeps the API key where no log and no `inspect` can show it. */
export class DirectoryClient {
  readonly #client: () => Getter | undefined;
  readonly #secret?: string;

  constructor(workos: WorkOSConnection | { readonly client: object }) {
    const connection = 'client' in workos ? connectionOf(workos.client) : workos;
    this.#secret = connection?.apiKey;
    let own: Getter | undefined;
    this.#client = () => (own ??= connection ? ownClient(connection, REQUEST_TIMEOUT_MS) : standIn(workos));
  }

  /** Never rejects. */
  async get(path: string, query: Record<string, string>, timeoutMs: number): Promise<Reading> {
    let data: unknown;
    const seen = await attempt(
      async () => {
        const client = this.#client();
        if (!client) throw new Error('the `client` in the options of AuditModule is a stand-in that has no get()');
        ({ data } = await client.get(path, { query }));
      },
      Math.min(timeoutMs, REQUEST_TIMEOUT_MS),
    );
    const outcome = outcomeOf(seen);
    if (outcome.kind === 'delivered') return { outcome, data };
    const message = this.#secret ? outcome.error.message.replaceAll(this.#secret, '[api key]') : outcome.error.message;
    return { outcome: { ...outcome, error: { ...outcome.error, message } } };
  }
}

function standIn(workos: object): Getter | undefined {
  const { client } = workos as { client?: Partial<Getter> };
  return typeof client?.get === 'function' ? (client as Getter) : undefined;
}
