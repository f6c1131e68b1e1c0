// The message that "Testing" of the README shows, in the application of the guide.
import { readFileSync } from 'node:fs';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { assertAudited, AuditTestingModule, RecordedAudit } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { AppModule } from './app.module.js';

@Module({ imports: [AppModule, AuditTestingModule] })
class TestModule {}

test('a failure looks as the README shows it', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const shown = /^```text\n(Expected .*?)^```$/ms.exec(readme)?.[1];
  const app = await NestFactory.create(TestModule, { logger: false });
  await app.listen(0);
  await fetch(`${await app.getUrl()}/posts/p2`, { method: 'DELETE', headers: { authorization: 'Bearer ada' } });
  const assertion = (): void => assertAudited(app.get(RecordedAudit), 'post.delete', { targets: { post: 'p1' } });
  expect(shown).toBeDefined();
  expect(assertion).toThrow(shown);
  await app.close();
});
