import { schemasOf } from 'nestjs-workos-audit';
import { expect, it } from 'vitest';
import { auditEvents } from '../../examples/blog/audit-events.js';
import lock from '../../examples/blog/workos-audit.lock.json' with { type: 'json' };
import { BlogTest } from './support/blog-test.js';

it('has a lock that agrees with the catalogue', () => {
  const versions = [...auditEvents.actions.values()].map((action) => [
    action.action,
    schemasOf(action).map(({ targets }, index) => ({ version: index + 1, targets: targets.map(({ type }) => type) })),
  ]);
  expect(lock).toEqual({ lockfileVersion: 1, actions: Object.fromEntries(versions) });
});

it('registers the schemas of the lock on LocalWorkOS', async () => {
  const { workos } = await BlogTest.start();
  for (const [action, versions] of Object.entries(lock.actions)) {
    const answer = await fetch(`${workos.url}/audit_logs/actions/${action}/schemas?order=asc`, {
      headers: { authorization: `Bearer ${workos.apiKey}` },
    });
    const { data } = (await answer.json()) as { data: { version: number; targets: { type: string }[] }[] };
    const registered = data.map(({ version, targets }) => ({ version, targets: targets.map(({ type }) => type) }));
    expect(registered).toEqual(versions);
  }
});
