import type { WorkOSAuditClient } from 'nestjs-workos-audit';
import type { WorkOSSchemaClient } from '../../src/schemas/schema.client.js';

/** A release of the SDK, as far as the package uses it. */
export interface SDK {
  readonly WorkOS: new (
    apiKey: string,
    options: { apiHostname: string; port: number; https: boolean },
  ) => WorkOSAuditClient & WorkOSSchemaClient;
}

/** Both ends of each major that the peer range names; the types say that each one's `WorkOS` can be `workos.client`. */
export const releases: [version: string, load: () => Promise<SDK>][] = [
  ['9.0.0', () => import('workos-node-9.0')],
  ['9.3.1', () => import('workos-node-9.3')],
  ['10.0.0', () => import('workos-node-10.0')],
  ['10.14.0', () => import('workos-node-10.14')],
  ['11.0.0', () => import('@workos-inc/node')],
];
