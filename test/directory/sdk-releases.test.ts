import { afterEach, describe, expect, test, vi } from 'vitest';
import { releases } from '../support/sdk-releases.js';
import { seed } from './support.js';

describe.each(releases)('groups by @workos-inc/node %s', (version, load) => {
  afterEach(() => {
    vi.doUnmock('@workos-inc/node');
    vi.resetModules();
  });

  test('are read, and a 429 is waited for and not retried by the SDK', async () => {
    const sdk = await load();
    vi.resetModules();
    if (version !== '11.0.0') vi.doMock('@workos-inc/node', () => sdk);
    const { DirectoryGroupsService } = await import('nestjs-workos-audit');
    const { startLocalWorkOS, TestApp } = await import('../support/test-app.js');
    const workos = await startLocalWorkOS({ seed });
    const client = new sdk.WorkOS(workos.apiKey, workos.clientOptions);
    const app = await TestApp.start({ workos, audit: { workos: { client }, directory: { timeoutMs: 15_000 } } });
    const fault = { path: '/directory_users', contentType: 'application/json', body: '"Ratelimited"', status: 429 };
    workos.fail({ ...fault, times: 1 });

    const groups = app.nest.get(DirectoryGroupsService);
    expect(await groups.groupsOf({ organizationId: 'org_acme', email: 'alan@acme.example' })).toEqual([
      { id: 'group_eng', name: 'Engineering' },
    ]);

    expect(groups.stats()).toMatchObject({ rateLimited: 1, failed: 0 });
    const asked = workos.requests.filter(({ path }) => path === '/directory_users');
    expect(asked).toHaveLength(2);
    expect(asked[0]?.headers['user-agent']).toContain(`workos-node/${version}`);
  });
});
