// The test kit, as an application with Vitest uses it: no key, no outbox, no LocalWorkOS.
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AUDIT_MODULE_OPTIONS } from 'nestjs-workos-audit';
import { assertAudited, AuditTestingModule, RecordedAudit } from 'nestjs-workos-audit/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AppModule } from './app.module.js';
import { auditEvents } from './audit-events.js';
import { UserGuard } from './user.guard.js';

let app: INestApplication;
let audit: RecordedAudit;

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule, AuditTestingModule] }).compile();
  app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  audit = app.get(RecordedAudit);
});
afterAll(() => app.close());
beforeEach(() => audit.clear());

async function create(title: string, of = app): Promise<Response> {
  return fetch(`${await of.getUrl()}/posts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title }),
  });
}

test('a post is audited', async () => {
  await create('Hello');
  expect(audit).toHaveAudited('post.create', {
    targets: { post: expect.stringMatching(/^post_/), user: 'user_ada', team: { id: 'group_eng' } },
    actor: { id: 'user_ada', name: 'Ada Lovelace' },
    metadata: { title: 'Hello' },
    times: 1,
  });
  expect(audit).not.toHaveAudited('post.publish');
  await expect.poll(() => audit).toHaveAudited('post.create');
  assertAudited(audit, 'post.create', { targets: { post: /^post_/ } });
  const { metadata } = await audit.waitFor('post.create', { metadata: { title: 'Hello' } });
  expect(metadata.title?.length).toBe(5);
});

test('each application has its own', async () => {
  const compile = Test.createTestingModule({ imports: [AuditTestingModule, AppModule] })
    .overrideProvider(AUDIT_MODULE_OPTIONS)
    .useValue({ events: auditEvents })
    .overrideGuard(UserGuard)
    .useValue({
      canActivate: (context: { switchToHttp(): { getRequest(): object } }) =>
        Object.assign(context.switchToHttp().getRequest(), { user: { id: 'user_bob', organizationId: 'org_bob' } }),
    })
    .compile();
  const other = (await compile).createNestApplication();
  await other.listen(0, '127.0.0.1');
  const recorded = other.get(RecordedAudit);
  await create('Mine', other);
  expect(recorded.only('post.create')).toMatchObject({ actor: { id: 'user_bob' }, organizationId: 'org_bob' });
  const repair = recorded.failAppends();
  expect((await create('Lost', other)).status).toBe(201);
  expect(recorded.dropped).toMatchObject([{ action: 'post.create', event: { metadata: { title: 'Lost' } } }]);
  repair();
  await create('Kept', other);
  expect(recorded.events).toHaveLength(2);
  await other.close();
  expect(audit.events).toEqual([]);
});

/** The declarations of the matchers know this application's catalogue. */
export function misuse(): void {
  // @ts-expect-error the catalogue has no such action
  expect(audit).toHaveAudited('post.crate');
  // @ts-expect-error the action has no such target
  expect(audit).toHaveAudited('post.create', { targets: { pots: 'post_1' } });
  // @ts-expect-error the action has no such metadata
  expect(audit).toHaveAudited('post.create', { metadata: { titel: 'Hello' } });
}
