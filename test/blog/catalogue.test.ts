import { staleSchemas } from '../../src/schemas/schema.locked.js';
import { syncSchemas } from 'nestjs-workos-audit';
import { expect, it } from 'vitest';
import { auditEvents } from '../../examples/blog/audit-events.js';
import lock from '../../examples/blog/workos-audit.lock.json' with { type: 'json' };
import { BlogTest } from './support/blog-test.js';

it('has a lock that is in step with the catalogue', () => {
  expect(staleSchemas(auditEvents, lock)).toEqual([]);
});

it('registers the schemas of the lock on LocalWorkOS', async () => {
  const { workos } = await BlogTest.start();
  const there = { apiKey: workos.apiKey, ...workos.clientOptions };
  // Nothing is missing, so this only reads.
  expect(await syncSchemas(there, auditEvents, { events: './audit-events.ts' })).toEqual(lock);
  expect(workos.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/schemas'))).toHaveLength(18);
});
