import { syncSchemas } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { auditEvents } from '../audit-events.js';
import type { ShopConfig } from '../shop.config.js';

/** A stand-in for WorkOS that has the schemas of the shop's events, and what the shop must know of it. */
export async function startLocalWorkOS(
  port?: number,
): Promise<{ workos: LocalWorkOS; config: Pick<ShopConfig, 'workos' | 'schemaLock' | 'trailUrl'> }> {
  const workos = await LocalWorkOS.start({ port });
  const connection = { apiKey: workos.apiKey, ...workos.clientOptions };
  // For the real WorkOS: `workos-audit schemas push`, whose lock file is committed.
  const schemaLock = await syncSchemas(connection, auditEvents);
  return { workos, config: { workos: connection, schemaLock, trailUrl: workos.url } };
}
