// The test kit without a test runner's `expect`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Test } from '@nestjs/testing';
import { AuditService } from 'nestjs-workos-audit';
import { assertAudited, assertNotAudited, AuditTestingModule, RecordedAudit } from 'nestjs-workos-audit/testing';
import { AppModule } from './app.module.js';

test('node:test', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule, AuditTestingModule] }).compile();
  const app = await module.init();
  const audit = app.get(RecordedAudit);
  assertNotAudited(audit, 'post.publish');
  await app
    .get(AuditService)
    .record('post.publish', { actor: { id: 'user_ada' }, organizationId: 'org_1', targets: { post: 'post_1' } });
  assertAudited(audit, 'post.publish', { targets: { post: /^post_/ }, times: 1 });
  assert.throws(() => assertAudited(audit, 'post.publish', { targets: { post: 'post_2' } }), {
    name: 'AssertionError',
    message: /targets\.post: expected 'post_2', recorded 'post_1'/,
  });
  await app.close();
});
