import { defineAuditEvents, optional } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { WorkOSSchemaClient } from '../../src/schemas/schema.client.js';
import { releases } from '../support/sdk-releases.js';
import { expected, registered } from './support/registered.js';

const catalogue = defineAuditEvents({
  'post.create': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } },
  'odd.name?#%': { targets: ['user'] },
});

describe.each(releases)('syncSchemas() with @workos-inc/node %s', (version, load) => {
  afterEach(() => {
    vi.doUnmock('@workos-inc/node');
    vi.resetModules();
  });

  test('creates what is missing once, however badly WorkOS answers', async () => {
    const sdk = await load();
    vi.resetModules();
    if (version !== '11.0.0') vi.doMock('@workos-inc/node', () => sdk);
    const { syncSchemas } = await import('../../src/schemas/schema.sync.js');
    await using workos = await LocalWorkOS.start();
    const client = new sdk.WorkOS(workos.apiKey, workos.clientOptions);
    const post = { method: 'POST', path: /schemas$/, times: 1 };
    workos.fail({ ...post, reset: 'after' });
    workos.fail({ ...post, status: 429, retryAfter: 0 });
    workos.fail({ path: '/audit_logs/actions', status: 502, body: '<html>', times: 1 });

    const lock = await syncSchemas(client, catalogue);
    expect(lock.actions['post.create']?.map((one) => [one.version, one.targets.length])).toEqual([
      [1, 3],
      [2, 2],
    ]);
    expect(await registered(workos)).toEqual(expected(catalogue));
    expect(
      workos.requests.filter(({ method, path }) => method === 'POST' && path.includes('odd.name%3F%23%25')).length,
    ).toBeGreaterThan(0);
    expect(await syncSchemas(client, catalogue, { lock })).toEqual(lock);
  });
});

test('syncSchemas() takes a connection, and a stand-in that has no key', async () => {
  const { syncSchemas } = await import('../../src/schemas/schema.sync.js');
  await using workos = await LocalWorkOS.start();
  const connection = { apiKey: workos.apiKey, ...workos.clientOptions };
  const lock = await syncSchemas(connection, catalogue);
  const standIn: WorkOSSchemaClient = {
    get: async (path, { query } = {}) => {
      const headers = { authorization: `Bearer ${workos.apiKey}` };
      const response = await fetch(`${workos.url}${path}?${new URLSearchParams(query).toString()}`, { headers });
      return { data: await response.json() };
    },
    post: () => Promise.reject(new Error('nothing is to be created')),
  };
  expect(await syncSchemas(standIn, catalogue)).toEqual(lock);
});

test('syncSchemas() says why it failed', async () => {
  const { syncSchemas } = await import('../../src/schemas/schema.sync.js');
  await using workos = await LocalWorkOS.start();
  const connection = { ...workos.clientOptions, apiKey: 'sk_wrong' };
  await expect(syncSchemas(connection, catalogue)).rejects.toMatchObject({
    name: 'AuditSchemaError',
    kind: 'unauthorized',
    status: 401,
  });
});
