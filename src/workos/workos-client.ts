import { WorkOS } from '@workos-inc/node';
import { observingFetch } from './answer.js';

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

/**
 * A client of our own: with an observed `fetch`, and without the SDK's retries, which would hold a slot for minutes, and make
 * two versions of a schema that is created twice.
 */
export function ownClient(connection: WorkOSConnection, timeout: number): WorkOS {
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
export function connectionOf(client: object): WorkOSConnection | undefined {
  const { key, options } = client as { key?: unknown; options?: unknown };
  if (typeof key !== 'string' || typeof options !== 'object' || options === null) return undefined;
  return { ...options, apiKey: key };
}
