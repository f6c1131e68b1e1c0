import { WorkOS } from '@workos-inc/node';
import { observingFetch } from '../delivery/answer.js';
import type { WorkOSConnection } from '../delivery/workos-sender.js';

/** The part of a `WorkOS` instance that is used, so that every copy and major of the SDK fits. */
export interface WorkOSSchemaClient {
  get(path: string, options?: { query?: Record<string, string> }): Promise<{ data: unknown }>;
  post(path: string, entity: object): Promise<{ data: unknown }>;
}

/**
 * A client without the SDK's retries, because creating a schema twice makes two versions of it. Of a `WorkOS` instance
 * only the key and the options are taken; a stand-in that carries no key is used as it is.
 */
export function schemaClient(workos: WorkOSConnection | WorkOSSchemaClient, timeout: number): WorkOSSchemaClient {
  const connection = 'get' in workos ? connectionOf(workos) : workos;
  if (!connection) return workos as WorkOSSchemaClient;
  const { apiKey, fetchFn, ...options } = connection;
  const client = new WorkOS(apiKey, { ...options, fetchFn: observingFetch(fetchFn), timeout, maxRetries: 0 });
  // Before 10.8 there is no such option.
  Object.assign((client as { client?: object }).client ?? {}, { MAX_RETRY_ATTEMPTS: 0 });
  return client;
}

function connectionOf(client: WorkOSSchemaClient): WorkOSConnection | undefined {
  const { key, options } = client as { key?: unknown; options?: unknown };
  if (typeof key !== 'string' || typeof options !== 'object' || options === null) return undefined;
  return { ...options, apiKey: key };
}
