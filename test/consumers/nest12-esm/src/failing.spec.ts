// Each of these must fail: a matcher that always passes would not be seen otherwise.
import { Test } from '@nestjs/testing';
import { AuditService } from 'nestjs-workos-audit';
import { AuditTestingModule, RecordedAudit } from 'nestjs-workos-audit/testing';
import { beforeAll, expect, test } from 'vitest';
import { AppModule } from './app.module.js';

let audit: RecordedAudit;

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule, AuditTestingModule] }).compile();
  audit = module.get(RecordedAudit);
  await module
    .get(AuditService)
    .record('post.publish', { actor: { id: 'user_ada' }, organizationId: 'org_1', targets: { post: 'post_1' } });
});

test('another target', () => {
  expect(audit).toHaveAudited('post.publish', { targets: { post: expect.stringMatching(/^draft_/) } });
});

test('another action', () => {
  expect(audit).toHaveAudited('post.create');
});

test('negated', () => {
  expect(audit).not.toHaveAudited('post.publish');
});

test('too often', () => {
  expect(audit).toHaveAudited('post.publish', { times: 2 });
});

test('waited for', async () => {
  await audit.waitFor('post.create', {}, { timeoutMs: 10 });
});
