import { AuditService } from 'nestjs-workos-audit';
import { AuditTestingModule, RecordedAudit } from 'nestjs-workos-audit/testing';
import { NestFactory } from '@nestjs/core';
import { beforeAll, beforeEach, afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { auditEvents } from './support/blog.js';

let audit: RecordedAudit;
let service: AuditService;
let close: () => Promise<void>;

beforeAll(async () => {
  const app = await NestFactory.createApplicationContext(AuditTestingModule.forRoot({ events: auditEvents }), {
    logger: false,
  });
  audit = app.get(RecordedAudit);
  service = app.get(AuditService);
  close = () => app.close();
});
afterAll(() => close());
beforeEach(() => audit.clear());

function remove(id: string, metadata: { title?: string; size?: number } = {}): Promise<void> {
  return service.record('post.delete', {
    actor: { id: 'user_ada' },
    organizationId: 'org_1',
    targets: { post: id },
    metadata,
  });
}

function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'it did not reject',
    (error: Error) => error.message,
  );
}

describe('waitFor', () => {
  test('resolves with what is already there, the first that matches', async () => {
    await remove('p1');
    await remove('p2', { title: 'Second' });
    await remove('p2', { title: 'Third' });
    const event = await audit.waitFor('post.delete', { targets: { post: 'p2' } });
    expect(event.metadata.title).toBe('Second');
    expect(event).toBe(audit.events[1]);
  });

  test('resolves with what comes later, each waiter with its own', async () => {
    const second = audit.waitFor('post.delete', { targets: { post: 'p2' } });
    const large = audit.waitFor('post.delete', ({ metadata }) => Number(metadata.size) > 10);
    await remove('p1', { size: 11 });
    await remove('p2');
    expect((await second).targets.at(-1)?.id).toBe('p2');
    expect((await large).metadata.size).toBe(11);
  });

  test('rejects with what was recorded, the nearest and where it differs', async () => {
    await remove('p9');
    await remove('p1', { title: 'Hallo' });
    await service.record('user.invite', { actor: { id: 'user_ada' }, organizationId: 'org_1' });
    const waiting = audit.waitFor(
      'post.delete',
      { targets: { post: 'p1' }, metadata: { title: 'Hello' } },
      { timeoutMs: 20 },
    );
    expect(await messageOf(waiting)).toBe(
      [
        `Waited 20 ms in vain for 'post.delete' with:`,
        `  targets.post: 'p1'`,
        `  metadata.title: 'Hello'`,
        '',
        `Nearest is event 2, 'post.delete':`,
        `  metadata.title: expected 'Hello', recorded 'Hallo'`,
        '',
        'Recorded:',
        '  1. post.delete by user_ada on user user_ada, post p9',
        `  2. post.delete by user_ada on user user_ada, post p1 { title: 'Hallo' }`,
        '  3. user.invite by user_ada on user user_ada',
      ].join('\n'),
    );
  });

  test('rejects at the place in the test that waits', async () => {
    const error = await audit.waitFor('post.delete', {}, { timeoutMs: 5 }).catch((thrown: Error) => thrown);
    expect((error as Error).stack?.split('\n').find((line) => line.includes(' at '))).toContain(
      'recorded-audit.test.ts',
    );
    expect((error as Error).message).toContain('Nothing was recorded.');
  });

  test('says of an action that was skipped why there is no event', async () => {
    await service.runAs({ actor: { id: 'a', type: 'user' }, organizationId: 'o' }, () => remove('p1'));
    expect(await messageOf(audit.waitFor('post.purge', undefined, { timeoutMs: 5 }))).not.toContain('Of ');
    audit.failAppends(new Error('the disk is full'));
    await remove('p2');
    const text = await messageOf(audit.waitFor('post.delete', { targets: { post: 'p2' } }, { timeoutMs: 5 }));
    expect(text).toContain(`Of 'post.delete' there is also:\n  dropped: the disk is full`);
  });

  test('is not held up by a fake clock', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    expect(await messageOf(audit.waitFor('post.delete', {}, { timeoutMs: 5 }))).toContain('Waited 5 ms');
  });

  test('a function that throws fails the test, and not what is recorded', async () => {
    const waiting = audit.waitFor('post.delete', () => {
      throw new Error('a mistake of the test');
    });
    const failed = messageOf(waiting);
    await expect(remove('p1')).resolves.toBeUndefined();
    expect(await failed).toBe('a mistake of the test');
    expect(audit.dropped).toEqual([]);
  });

  test('refuses what can never come', async () => {
    expect(await messageOf(audit.waitFor('post.delte' as 'post.delete'))).toContain(
      `the catalogue of the application has no action 'post.delte'. It has: post.delete, post.purge`,
    );
    expect(await messageOf(audit.waitFor('post.delete', { times: 2 } as object))).toContain(
      '`times` is for toHaveAudited()',
    );
  });
});

describe('only', () => {
  test('answers the one event of an action, or the one that matches', async () => {
    await remove('p1');
    expect(audit.only('post.delete')).toBe(audit.events[0]);
    await service.record('user.invite', { actor: { id: 'user_ada' }, organizationId: 'org_1' });
    expect(audit.only('post.delete', () => true)).toBe(audit.events[0]);
    await remove('p2');
    expect(audit.only('post.delete', { targets: { post: 'p2' } })).toBe(audit.events[2]);
    expect(audit.only('post.delete', (event) => event.targets.some(({ id }) => id === 'p1'))).toBe(audit.events[0]);
  });

  test('throws when it is none or several, with all there is', async () => {
    expect(() => audit.only('post.delete')).toThrow(
      `Expected exactly one 'post.delete' (there are 0):\n\nNothing was recorded.`,
    );
    await remove('p1');
    await remove('p2');
    expect(() => audit.only('post.delete')).toThrow(/there are 2\):\n\nRecorded:\n {2}1\. post\.delete by/);
    expect(() => audit.only('post.delete', () => false)).toThrow('(there are 0) for which the function is true:');
  });
});

test('clear() forgets, ends failAppends(), and keeps those who wait', async () => {
  await remove('p1');
  audit.failAppends();
  await remove('p2');
  const waiting = audit.waitFor('post.delete', { targets: { post: 'p3' } });
  audit.clear();
  expect([audit.events, audit.dropped, audit.degraded, audit.skipped]).toEqual([[], [], [], []]);
  await remove('p3');
  expect(await waiting).toBe(audit.events[0]);
});

test('the end of an older failAppends() does not end a newer one', async () => {
  const repair = audit.failAppends();
  audit.failAppends(new Error('another'));
  repair();
  await remove('p1');
  expect(audit.dropped).toMatchObject([{ reason: 'another' }]);
});
