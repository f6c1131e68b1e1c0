// What "Log streams and exports" of the README shows.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule, AuditService, memoryOutbox } from 'nestjs-workos-audit';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { TrailController } from './trail.controller.js';

test('an admin is led to the portal, and downloads the trail', async () => {
  const workos = await LocalWorkOS.start({ schemas: 'open', seed: { organizations: [{ id: 'org_1', name: 'Acme' }] } });
  const audit = AuditModule.forRoot({
    workos: { apiKey: workos.apiKey, ...workos.clientOptions },
    outbox: memoryOutbox(),
  });
  @Module({ imports: [audit], controllers: [TrailController] })
  class TrailModule {}
  const app = await NestFactory.create(TrailModule, { logger: false });
  await app.listen(0);
  const url = await app.getUrl();
  const headers = { authorization: 'Bearer ada' };

  const led = await fetch(`${url}/trail/stream`, { method: 'POST', headers, redirect: 'manual' });
  expect([led.status, led.headers.get('location')]).toEqual([
    302,
    expect.stringContaining(`${workos.url}/portal/launch`),
  ]);
  await app.get(AuditService).record('post.delete', {
    actor: { id: 'prof_1' },
    organizationId: 'org_1',
    targets: { post: 'p1' },
    metadata: { title: 'Hello' },
  });
  await workos.waitForEvents(1);
  const csv = await fetch(`${url}/trail/last-week.csv`, { headers });
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="last-week.csv"');
  expect(await csv.text()).toContain('post.delete');
  await app.close();
  await workos.close();
});
