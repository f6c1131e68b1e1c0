import { AssertionError } from 'node:assert';
import {
  assertAudited,
  assertNotAudited,
  auditMatchers,
  type AuditTrail,
  type AuditTrailEvent,
  LocalWorkOS,
} from 'nestjs-workos-audit/testing';
import 'nestjs-workos-audit/testing/vitest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ada } from '../support/test-app.js';
import { TestedApp } from './support/blog.js';

const deleted: AuditTrailEvent = {
  organizationId: 'org_1',
  action: 'post.delete',
  version: 2,
  occurredAt: '2026-11-24T12:00:00.000Z',
  actor: { id: 'user_ada', type: 'user', name: 'Ada', metadata: { role: 'admin' } },
  targets: [
    { type: 'user', id: 'user_ada', name: 'Ada' },
    { type: 'post', id: 'p1', name: 'Hello', metadata: { pages: 3 } },
    { type: 'team', id: 't1', name: 'Editors' },
    { type: 'team', id: 't2', name: 'Writers' },
  ],
  context: { location: '127.0.0.1', userAgent: 'node' },
  metadata: { title: 'Hello', size: 7, draft: false },
};
const created: AuditTrailEvent = { ...deleted, action: 'post.create', metadata: {} };
const trail = { events: [created, deleted] };

/** Both ways of asking, which must always agree. */
function audited(expectation: object, action = 'post.delete', of: AuditTrail = trail): boolean {
  const { pass } = auditMatchers.toHaveAudited(of, action, expectation);
  const assertion = (assert: typeof assertAudited): boolean => {
    try {
      assert(of, action, expectation);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(AssertionError);
      return false;
    }
  };
  expect([assertion(assertAudited), assertion(assertNotAudited)]).toEqual([pass, !pass]);
  if (pass) expect(of).toHaveAudited(action, expectation);
  else expect(of).not.toHaveAudited(action, expectation);
  return pass;
}

/** The message of a matcher that fails. */
function failure(run: () => void): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

describe('toHaveAudited compares', () => {
  test.each<[string, object, boolean]>([
    ['nothing but the action', {}, true],
    ['a target by its id', { targets: { post: 'p1' } }, true],
    ['a target by another id', { targets: { post: 'p2' } }, false],
    ['a target of another type', { targets: { team: 'p1' } }, false],
    ['a type that is not there', { targets: { folder: 'f1' } }, false],
    ['one of several targets', { targets: { team: 't2' } }, true],
    ['none of several targets', { targets: { team: 't3' } }, false],
    ['all targets of a type, in another order', { targets: { team: ['t2', 't1'] } }, true],
    ['some targets of a type as all', { targets: { team: ['t2'] } }, false],
    ['one target for two', { targets: { team: ['t1', 't1'] } }, false],
    ['too many targets', { targets: { team: ['t1', 't2', 't3'] } }, false],
    ['patterns that each find a target', { targets: { team: [/^t/, 't1'] } }, true],
    ['a pattern that finds none', { targets: { team: [/^t/, /^x/] } }, false],
    ['no targets of a type', { targets: { folder: [] } }, true],
    ['no targets of a type that has some', { targets: { team: [] } }, false],
    ['a target by its fields', { targets: { post: { id: 'p1', name: 'Hello' } } }, true],
    ['a target by a wrong name', { targets: { post: { id: 'p1', name: 'Hallo' } } }, false],
    ['the name and the id of two targets', { targets: { team: { id: 't1', name: 'Writers' } } }, false],
    ['metadata of a target', { targets: { post: { metadata: { pages: 3 } } } }, true],
    ['wrong metadata of a target', { targets: { post: { metadata: { pages: '3' } } } }, false],
    ['an asymmetric matcher for an id', { targets: { post: expect.stringMatching(/^p\d$/) } }, true],
    ['an asymmetric matcher that fails', { targets: { post: expect.stringMatching(/^q/) } }, false],
    ['an asymmetric matcher for a target', { targets: { post: expect.objectContaining({ name: 'Hello' }) } }, true],
    ['a pattern for an id', { targets: { post: /^p/g } }, true],
    ['a pattern that does not fit', { targets: { post: /^q/ } }, false],
    ['the actor by id', { actor: 'user_ada' }, true],
    ['another actor', { actor: 'user_bob' }, false],
    ['the actor by fields', { actor: { name: 'Ada', type: 'user', metadata: { role: 'admin' } } }, true],
    ['the actor with a wrong type', { actor: { type: 'system' } }, false],
    ['metadata, some of it', { metadata: { title: 'Hello' } }, true],
    ['metadata, another value', { metadata: { title: 'Hallo' } }, false],
    ['metadata, another type', { metadata: { size: '7' } }, false],
    ['metadata, a false value', { metadata: { draft: false } }, true],
    ['metadata, any number', { metadata: { size: expect.any(Number) } }, true],
    ['metadata, any text for a number', { metadata: { size: expect.any(String) } }, false],
    ['metadata that is not there', { metadata: { reason: 'x' } }, false],
    ['metadata that must not be there', { metadata: { reason: undefined } }, true],
    ['metadata that is there and must not be', { metadata: { title: undefined } }, false],
    ['metadata by a pattern', { metadata: { title: /ell/ } }, true],
    ['a number by a pattern', { metadata: { size: /7/ } }, false],
    ['all metadata', { metadata: expect.objectContaining({ title: 'Hello' }) }, true],
    ['the organization', { organizationId: 'org_1' }, true],
    ['another organization', { organizationId: 'org_2' }, false],
    ['the address', { context: { location: '127.0.0.1' } }, true],
    ['another address', { context: { location: '10.0.0.1' } }, false],
    ['the version', { version: 2 }, true],
    ['another version', { version: 1 }, false],
    ['the time as a Date', { occurredAt: new Date('2026-11-24T12:00:00Z') }, true],
    ['another time', { occurredAt: new Date(0) }, false],
    ['everything at once, one wrong', { targets: { post: 'p1' }, actor: 'user_ada', metadata: { size: 8 } }, false],
    ['once', { times: 1 }, true],
    ['twice', { times: 2 }, false],
    ['never', { times: 0 }, false],
    ['never, of what is not there', { times: 0, targets: { post: 'p2' } }, true],
  ])('%s', (_what, expectation, pass) => {
    expect(audited(expectation)).toBe(pass);
  });

  test('ids that are numbers', () => {
    const events = [{ ...deleted, targets: [{ type: 'post', id: '7' }] }];
    expect(audited({ targets: { post: 7 } }, 'post.delete', { events })).toBe(true);
    expect(audited({ targets: { post: { id: 7 } } }, 'post.delete', { events })).toBe(true);
    expect(audited({ targets: { post: 8 } }, 'post.delete', { events })).toBe(false);
  });

  test('events in any order, and counts those that match', () => {
    const other = { ...deleted, targets: [{ type: 'post', id: 'p2' }] };
    const events = [deleted, created, other, deleted];
    expect(audited({ targets: { post: 'p1' }, times: 2 }, 'post.delete', { events })).toBe(true);
    expect(audited({ times: 3 }, 'post.delete', { events })).toBe(true);
    expect(audited({ times: 2 }, 'post.delete', { events })).toBe(false);
    expect(audited({}, 'post.create', { events: [] })).toBe(false);
  });
});

describe('its message', () => {
  test('says what is nearest and where it differs, and lists what there is', () => {
    const text = failure(() =>
      expect(trail).toHaveAudited('post.delete', {
        targets: { post: { id: 'p2', name: expect.any(String) }, team: ['t1'] },
        actor: expect.stringMatching(/^user_/),
        metadata: { title: /^Hallo/, size: 7 },
      }),
    );
    expect(text).toBe(
      [
        `Expected 'post.delete' to be audited with:`,
        `  targets.post.id: 'p2'`,
        '  targets.post.name: Any<String>',
        `  targets.team: ['t1']`,
        '  actor: StringMatching /^user_/',
        '  metadata.title: /^Hallo/',
        '  metadata.size: 7',
        '',
        `Nearest is event 2, 'post.delete':`,
        `  targets.post.id: expected 'p2', recorded 'p1'`,
        `  targets.team: expected ['t1'], recorded 't1', 't2'`,
        `  metadata.title: expected /^Hallo/, recorded 'Hello'`,
        '',
        'Recorded:',
        '  1. post.create by user_ada on user user_ada, post p1, team t1, team t2',
        `  2. post.delete by user_ada on user user_ada, post p1, team t1, team t2 { title: 'Hello', size: 7, draft: false }`,
      ].join('\n'),
    );
  });

  test('names the action, where the nearest is of another', () => {
    const text = failure(() => expect(trail).toHaveAudited('post.publish', { targets: { folder: 'f1' } }));
    expect(text).toContain(
      `Nearest is event 2, 'post.delete':\n` +
        `  action: expected 'post.publish', recorded 'post.delete'\n` +
        `  targets.folder: expected 'f1', recorded none\n`,
    );
  });

  test('of .not shows the event whole', () => {
    const text = failure(() => expect(trail).not.toHaveAudited('post.delete', { actor: 'user_ada' }));
    expect(text).toContain(`Expected 'post.delete' not to be audited with:\n  actor: 'user_ada'\n\nRecorded:\n  { org`);
    expect(text).toContain(`occurredAt: '2026-11-24T12:00:00.000Z'`);
    expect(failure(() => assertNotAudited(trail, 'post.delete'))).toContain(
      `Expected 'post.delete' not to be audited:`,
    );
  });

  test('of times says how often it was', () => {
    expect(failure(() => expect(trail).toHaveAudited('post.delete', { times: 2 }))).toMatch(
      /^Expected 'post\.delete' to be audited 2 times \(it was once\):\n\nRecorded:\n {2}1\. post/,
    );
    const twice = { events: [deleted, deleted] };
    expect(failure(() => expect(twice).toHaveAudited('post.delete', { actor: 'user_ada', times: 1 }))).toMatch(
      /^Expected 'post\.delete' to be audited once \(it was 2 times\) with:\n {2}actor: 'user_ada'\n\nRecorded:\n {2}\{/,
    );
    expect(failure(() => expect(trail).not.toHaveAudited('post.delete', { times: 1 }))).toContain(
      `Expected 'post.delete' not to be audited once (it was once):`,
    );
  });

  test('does not list thousands of events', () => {
    const events = Array.from({ length: 5_000 }, () => created);
    const text = failure(() => expect({ events }).toHaveAudited('post.delete'));
    expect(text).toContain('  20. post.create');
    expect(text).toContain('  … and 4980 more');
    expect(text).not.toContain('  21. ');
  });

  test('tells of a call that was skipped', async () => {
    const app = await TestedApp.start();
    await app.request('DELETE', '/posts/p1', null);
    expect(failure(() => expect(app.audit).toHaveAudited('post.delete'))).toMatch(
      /Of 'post\.delete' there is also:\n {2}skipped: .*there is no actor.*\n\nNothing was recorded\.$/s,
    );
  });
});

describe('a question that makes no sense fails, negated too', () => {
  test.each<[string, unknown, unknown, unknown, string]>([
    ['no trail', { name: 'app' }, 'a.b', {}, `there are no \`events\` on an object with the keys ["name"]`],
    ['nothing', undefined, 'a.b', {}, 'there are no `events` on undefined'],
    ['no action', trail, undefined, {}, 'the action is undefined'],
    ['an unknown field', trail, 'a.b', { target: {} }, 'there is no field `target`'],
    ['an id instead of fields', trail, 'a.b', 'p1', 'the expectation is "p1"'],
    ['targets that are no object', trail, 'a.b', { targets: ['p1'] }, '`targets` is an array of 1'],
    ['a target that is undefined', trail, 'a.b', { targets: { post: undefined } }, '`targets.post` is undefined'],
    ['times that are no number', trail, 'a.b', { times: -1 }, '`times` is -1'],
  ])('%s', (_what, of, action, expectation, message) => {
    const typed = [action, expectation] as [string, object];
    expect(() => expect(of).toHaveAudited(...typed)).toThrow(message);
    expect(() => expect(of).not.toHaveAudited(...typed)).toThrow(message);
    expect(() => assertAudited(of as AuditTrail, ...typed)).toThrow(message);
    expect(() => assertNotAudited(of as AuditTrail, ...typed)).toThrow(message);
  });

  test('an action or a target that the catalogue of the application lacks', async () => {
    const { audit } = await TestedApp.start();
    expect(() => expect(audit).not.toHaveAudited('post.delte')).toThrow(
      `has no action 'post.delte'. It has: post.delete,`,
    );
    expect(() => expect(audit).not.toHaveAudited('post.delete', { targets: { pots: 'p1' } })).toThrow(
      `'post.delete' has no target 'pots'; its targets are post, user, team`,
    );
  });
});

test('works on a recorded application', async () => {
  const app = await TestedApp.start();
  await app.request('DELETE', '/posts/p1');
  expect(app.audit).toHaveAudited('post.delete', {
    targets: { post: { id: 'p1', name: 'A post' }, team: ['group_math', 'group_eng'] },
    actor: { id: ada.id, name: ada.name },
    metadata: { title: 'Post p1' },
    version: 3,
    times: 1,
  });
  expect(app.audit).not.toHaveAudited('post.delete', { targets: { post: 'p2' } });
  await expect.poll(() => app.audit).toHaveAudited('post.delete');
  assertAudited(app.audit, 'post.delete', { targets: { post: /^p/ } });
});

test('works on a LocalWorkOS, end to end', async () => {
  const workos = await LocalWorkOS.start({ schemas: 'open' });
  onTestFinished(() => workos.close());
  await fetch(`${workos.url}/audit_logs/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workos.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      organization_id: 'org_local',
      event: {
        action: 'post.delete',
        occurred_at: new Date().toISOString(),
        actor: { id: 'user_ada', type: 'user' },
        targets: [{ id: 'p1', type: 'post' }],
        context: { location: '127.0.0.1' },
      },
    }),
  });
  expect(workos).toHaveAudited('post.delete', { targets: { post: 'p1' }, times: 1 });
});
