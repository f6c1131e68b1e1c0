// Follows the README's guide to its end, on a LocalWorkOS in place of WorkOS.
import { NestFactory } from '@nestjs/core';
import { AuditService, schemasOf } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test, vi } from 'vitest';
import { auditEvents } from './audit-events.js';
import { NightlyJob } from './nightly.job.js';
import { inFolderOfItsOwn } from './own-folder.js';

inFolderOfItsOwn();

const authorization = 'Bearer ada';
const json = { authorization, 'content-type': 'application/json' };

test('its events arrive: create, delete, invite, and the job', async () => {
  const workos = await LocalWorkOS.start({ seed: { organizations: [{ id: 'org_1', name: 'Acme' }] } });
  for (const action of auditEvents.actions.values()) {
    for (const { targets, metadata } of schemasOf(action))
      workos.defineSchema(action.action, { targets: [...targets], metadata });
  }
  vi.stubEnv('WORKOS_API_KEY', workos.apiKey);
  // The guide's module names no host, so the stand-in is put under the SDK's `fetch`.
  const real = globalThis.fetch;
  vi.stubGlobal('fetch', (input: string | URL, init?: RequestInit) =>
    real(String(input).replace('https://api.workos.com', workos.url), init),
  );
  vi.resetModules();
  const { AppModule } = await import('./app.module.js');
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0);
  const url = await app.getUrl();
  await fetch(`${url}/posts`, { method: 'POST', headers: json, body: JSON.stringify({ title: 'Hello' }) });
  await fetch(`${url}/posts/p1`, { method: 'DELETE', headers: { authorization } });
  await fetch(`${url}/posts/invitations`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: 'b@x.org' }),
  });
  const audit = app.get<AuditService>((await import('nestjs-workos-audit')).AuditService);
  await new NightlyJob(audit).run('org_1');
  const events = await workos.waitForEvents(4);
  expect(
    events.map(({ action, actor, targets, metadata }) => ({
      action,
      actor: actor.id,
      targets: targets.map(({ type, id }) => `${type}:${id}`),
      metadata,
    })),
  ).toEqual(
    expect.arrayContaining([
      {
        action: 'post.create',
        actor: 'prof_1',
        targets: ['user:prof_1', 'team:directory_group_1', 'post:p1'],
        metadata: {},
      },
      {
        action: 'post.delete',
        actor: 'prof_1',
        targets: ['user:prof_1', 'team:directory_group_1', 'post:p1'],
        metadata: { title: 'Hello' },
      },
      {
        action: 'user.invite',
        actor: 'prof_1',
        targets: ['user:prof_1', 'team:directory_group_1', 'user:prof_2'],
        metadata: { invited_email: 'b@x.org' },
      },
      {
        action: 'post.delete',
        actor: 'nightly-clean-up',
        targets: ['user:nightly-clean-up', 'post:p1'],
        metadata: { title: 'Old' },
      },
    ]),
  );
  expect(workos.refused).toEqual([]);
  await app.close();
  await workos.close();
});
