import { connectionOf, ownClient, type WorkOSConnection } from '../workos/workos-client.js';

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
  return ownClient(connection, timeout);
}
