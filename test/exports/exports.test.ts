import { AuditExports, type AuditExportOptions, AuditUsageError, AuditWorkOSError } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { ada, startLocalWorkOS, TestApp } from '../support/test-app.js';

const HOUR = 3_600_000;
const range = (): Pick<AuditExportOptions, 'from' | 'to'> => ({ from: new Date(Date.now() - HOUR), to: new Date() });

/** An application that has recorded so many events, and all of them arrived. */
async function start(events = 3, workos?: LocalWorkOS) {
  const app = await TestApp.start({ workos: workos ?? (await startLocalWorkOS({ exportDelayMs: 0 })) });
  for (let i = 0; i < events; i += 1) {
    await app.audit.record(i % 2 ? 'post.delete' : 'post.create', {
      actor: ada,
      organizationId: 'org_local',
      targets: { post: { id: `p${i}`, name: `Say "${i}",\nthen go` } },
      metadata: { number: i },
    });
  }
  await app.events(events);
  const exports = app.nest.get(AuditExports);
  return { app, exports, workos: app.workos };
}

async function failure(call: Promise<unknown>): Promise<AuditWorkOSError> {
  const error = await call.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toBeInstanceOf(AuditWorkOSError);
  return error as AuditWorkOSError;
}

describe('an export', () => {
  test('is created, waited for, and read as text and as rows', async () => {
    const { exports } = await start();

    const created = await exports.create({ organizationId: 'org_local', ...range() });
    const ready = await exports.wait(created.id);
    const csv = await text(await exports.stream(created.id));
    const rows = await Array.fromAsync(exports.rows(created.id));

    expect(created.id).toMatch(/^audit_log_export_/);
    expect(ready).toMatchObject({ id: created.id, state: 'ready', createdAt: expect.any(Date) as Date });
    expect(csv).toMatch(/^action,occurred_at,/);
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatchObject({
      action: 'post.delete',
      actor: { id: 'user_ada', type: 'user', name: 'Ada Lovelace', metadata: {} },
      targets: [{ type: 'user' }, { id: 'p1', type: 'post', name: 'Say "1",\nthen go', metadata: {} }],
      context: { location: 'internal' },
      metadata: { number: 1 },
      columns: { target_type_2: 'post' },
    });
    expect(rows[1]?.occurredAt).toBeInstanceOf(Date);
  });
});
void AuditUsageError;
void failure;
