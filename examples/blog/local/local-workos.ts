import { syncSchemas } from 'nestjs-workos-audit';
import { LocalWorkOS, type LocalWorkOSOptions } from 'nestjs-workos-audit/testing';
import { auditEvents } from '../audit-events.js';
import type { BlogConfig } from '../core/blog.config.js';
import { seed } from './seed.js';

/** Starts a stand-in for WorkOS that knows the seeded people and the schemas of the blog's events. */
export async function startLocalWorkOS(options: LocalWorkOSOptions = {}): Promise<LocalWorkOS> {
  const workos = await LocalWorkOS.start({ seed, ...options });
  // What `workos-audit schemas push` does for the real WorkOS.
  await syncSchemas({ apiKey: workos.apiKey, ...workos.clientOptions }, auditEvents);
  return workos;
}

/** The part of the blog's configuration that says to use it, and a SIEM on this machine, if there is one. */
export function localConfig(workos: LocalWorkOS, siemUrl?: string): Pick<BlogConfig, 'workos' | 'local'> {
  return {
    workos: { apiKey: workos.apiKey, clientId: workos.clientId, host: workos.clientOptions },
    local: { trailUrl: workos.url, emails: seed.people.map(({ email }) => email), ...(siemUrl && { siemUrl }) },
  };
}
