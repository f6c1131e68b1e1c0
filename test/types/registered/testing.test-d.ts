// Compiled, not run: the test kit in an application whose catalogue is that of registered.test-d.ts.
import {
  assertAudited,
  assertNotAudited,
  AuditTestingModule,
  type AuditTrail,
  LocalWorkOS,
  type RecordedAudit,
  type RecordedEvent,
} from 'nestjs-workos-audit/testing';
import 'nestjs-workos-audit/testing/vitest';
import { expect, expectTypeOf } from 'vitest';

declare const audit: RecordedAudit;
declare const workos: LocalWorkOS;

// The actions are those of the catalogue, and so are their targets and metadata.
expect(audit).toHaveAudited('user.login');
expect(audit).not.toHaveAudited('user.login');
expect(workos).toHaveAudited('user.login', { times: 1 });
expect(audit).toHaveAudited('post.delete', {
  targets: { post: 'p1', folder: [], user: { id: 'u1', name: 'Ada' }, team: ['t1', { name: /^Editors/ }] },
  actor: { id: 'u1', type: 'user' },
  metadata: { title: 'Hello', size: 7 },
  organizationId: 'org_1',
  context: { location: '127.0.0.1' },
  occurredAt: new Date(),
  version: 1,
  times: 2,
});
// @ts-expect-error an action that is not in the catalogue
expect(audit).toHaveAudited('post.delte');
// @ts-expect-error an action that is not in the catalogue
expect(audit).not.toHaveAudited('post.delte');
// @ts-expect-error the action has no such target
expect(audit).toHaveAudited('post.delete', { targets: { pots: 'p1' } });
// @ts-expect-error the action has no such target
expect(audit).toHaveAudited('user.login', { targets: { post: 'p1' } });
// @ts-expect-error a boolean is no target
expect(audit).toHaveAudited('post.delete', { targets: { post: true } });
// @ts-expect-error a key that the schema lacks
expect(audit).toHaveAudited('post.delete', { metadata: { tilte: 'x' } });
// @ts-expect-error a value of another type
expect(audit).toHaveAudited('post.delete', { metadata: { size: '7' } });
// @ts-expect-error a pattern for a number
expect(audit).toHaveAudited('post.delete', { metadata: { size: /7/ } });
// @ts-expect-error no such field
expect(audit).toHaveAudited('post.delete', { target: { post: 'p1' } });

// Asymmetric matchers and patterns stand for values.
expect(audit).toHaveAudited('post.delete', {
  targets: { post: expect.stringMatching(/^p/), folder: { id: expect.any(String) } },
  actor: expect.any(String),
  metadata: { title: /^Hello/, size: expect.any(Number) },
});
await expect.poll(() => audit).toHaveAudited('user.login');
expect.soft(audit).toHaveAudited('user.login');

// Without a runner's `expect`.
assertAudited(audit, 'post.delete', { targets: { post: /^p/ }, times: 1 });
assertNotAudited(workos, 'post.delete', { actor: 'u1' });
// @ts-expect-error an action that is not in the catalogue
assertAudited(audit, 'post.delte');
// @ts-expect-error never, and so often
assertNotAudited(audit, 'post.delete', { times: 2 });
// @ts-expect-error no trail
assertAudited({ name: 'app' }, 'post.delete');
expectTypeOf<RecordedAudit>().toExtend<AuditTrail>();
expectTypeOf<LocalWorkOS>().toExtend<AuditTrail>();

// Events are typed by their action.
const [first] = audit.events;
expectTypeOf(first?.action).toEqualTypeOf<'user.login' | 'user.invite' | 'post.delete' | 'post.move' | undefined>();
if (first?.action === 'post.delete') {
  expectTypeOf(first.metadata.title).toEqualTypeOf<string | undefined>();
  expectTypeOf(first.metadata.size).toEqualTypeOf<number | undefined>();
  // @ts-expect-error a key that the schema lacks
  void first.metadata.tilte;
  // @ts-expect-error it is frozen
  first.metadata.title = 'x';
}
expectTypeOf(audit.only('user.invite').metadata.urgent).toEqualTypeOf<boolean | undefined>();
expectTypeOf(audit.only('user.login').metadata).toEqualTypeOf<Readonly<Record<string, string | number | boolean>>>();
expectTypeOf(audit.waitFor('post.delete')).toEqualTypeOf<Promise<RecordedEvent<'post.delete'>>>();
void audit.waitFor('post.delete', ({ metadata }) => (metadata.size ?? 0) > 1, { timeoutMs: 100 });
void audit.waitFor('post.delete', { targets: { post: 'p1' } });
// @ts-expect-error an action that is not in the catalogue
void audit.waitFor('post.delte');
// @ts-expect-error a key that the schema lacks
void audit.waitFor('post.delete', ({ metadata }) => metadata.tilte === 'x');
// @ts-expect-error the action has no such target
audit.only('user.login', { targets: { post: 'p1' } });
// @ts-expect-error no such option
void audit.waitFor('post.delete', {}, { timeout: 100 });

expectTypeOf(audit.failAppends(new Error('full'))).toEqualTypeOf<() => void>();
AuditTestingModule.forRoot({ guarantee: 'write-ahead' });
// @ts-expect-error the outbox is that of the test
AuditTestingModule.forRoot({ outbox: undefined });
