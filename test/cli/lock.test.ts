import { type AuditSchemaLock, defineAuditEvents, optional, schemasOf, target } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { formatLock, parseLock } from '../../src/schemas/lock.js';
import { schemaDigest } from '../../src/catalogue/schema.digest.js';
import { lockOf, pushCommand, staleSchemas } from '../../src/schemas/schema.locked.js';
import { planSchemas } from '../../src/schemas/schema.plan.js';
import { readSchema } from '../../src/schemas/schema.wire.js';
import { versionFor } from '../../src/catalogue/versions.js';

const catalogue = defineAuditEvents({
  'post.create': { targets: ['post', 'user', optional('team')], metadata: { title: 'string' } },
  'a.b': { targets: [target('user', { role: 'string' })] },
});

/** The lock after a push to an empty environment. */
function lockFor(of = catalogue): AuditSchemaLock {
  const remote = {
    actions: new Set(of.actions.keys()),
    of: (name: string) =>
      schemasOf(of.actions.get(name) as never).map((schema, index) =>
        Object.assign(schema, { version: index + 1, digest: schemaDigest(schema) }),
      ),
  };
  return lockOf({ catalogue: of, events: './audit-events.ts' }, planSchemas(of, remote));
}

describe('the digest of a schema', () => {
  const digest = schemaDigest({
    targets: [{ type: 'a', metadata: { x: 'string', y: 'number' } }, { type: 'b' }],
    metadata: { k: 'boolean', l: 'string' },
  });

  test('is the same whatever the order, and with empty metadata or none', () => {
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(
      schemaDigest({
        actor: { metadata: {} },
        metadata: { l: 'string', k: 'boolean' },
        targets: [
          { type: 'b', metadata: {} },
          { type: 'a', metadata: { y: 'number', x: 'string' } },
        ],
      }),
    ).toBe(digest);
  });

  test.each([
    [
      'a target type',
      { targets: [{ type: 'a', metadata: { x: 'string', y: 'number' } }], metadata: { k: 'boolean', l: 'string' } },
    ],
    [
      'metadata of a target',
      { targets: [{ type: 'a', metadata: { x: 'string' } }, { type: 'b' }], metadata: { k: 'boolean', l: 'string' } },
    ],
    [
      'metadata',
      {
        targets: [{ type: 'a', metadata: { x: 'string', y: 'number' } }, { type: 'b' }],
        metadata: { k: 'string', l: 'string' },
      },
    ],
    [
      'whose metadata it is',
      {
        targets: [{ type: 'a' }, { type: 'b', metadata: { x: 'string', y: 'number' } }],
        metadata: { k: 'boolean', l: 'string' },
      },
    ],
    [
      'the actor',
      {
        targets: [{ type: 'a', metadata: { x: 'string', y: 'number' } }, { type: 'b' }],
        metadata: { k: 'boolean', l: 'string' },
        actor: { metadata: { k: 'string' } },
      },
    ],
  ])('differs with %s', (_, schema) => expect(schemaDigest(schema)).not.toBe(digest));

  test('tells a schema of the dashboard apart that demands a key, or has a type that no catalogue knows', () => {
    const wire = (metadata: object) => readSchema({ version: 1, targets: [{ type: 'a' }], metadata })?.metadata;
    expect(wire({ properties: { x: { type: 'string' } }, required: ['x'] })).toEqual({ x: 'string (required)' });
    expect(wire({ properties: { x: { type: ['string', 'null'] }, y: {} }, required: [] })).toEqual({
      x: '["string","null"]',
      y: 'anything',
    });
    expect(readSchema({ success: true })).toBeUndefined();
    expect(readSchema(null)).toBeUndefined();
  });
});

describe('the lock file', () => {
  test('is sorted, has one line for each version, and reads back as it was', () => {
    const text = formatLock(lockFor());
    expect(text.replaceAll(/"[0-9a-f]{16}"/g, '"…"')).toBe(`{
  "lockfileVersion": 1,
  "catalogue": { "events": "./audit-events.ts", "digest": "…" },
  "actions": {
    "a.b": [
      { "version": 1, "targets": ["user"], "digest": "…" }
    ],
    "post.create": [
      { "version": 1, "targets": ["post", "team", "user"], "digest": "…" },
      { "version": 2, "targets": ["post", "user"], "digest": "…" }
    ]
  }
}
`);
    expect(parseLock(`\uFEFF${text}`, 'x')).toEqual(lockFor());
    expect(formatLock(parseLock(text, 'x'))).toBe(text);
    expect(JSON.parse(formatLock(lockFor(defineAuditEvents({}) as never)))).toMatchObject({ actions: {} });
  });

  test('may be written by hand, without digests', () => {
    const text = '{ "lockfileVersion": 1, "actions": { "a.b": [{ "version": 3, "targets": ["user"] }] } }';
    const lock = parseLock(text, 'x');
    expect(versionFor(lock, 'a.b', ['user'], catalogue.actions.get('a.b'))).toBe(3);
    expect(staleSchemas(defineAuditEvents({ 'a.b': { targets: ['user'] } }), lock)).toEqual([]);
  });

  test.each([
    ['{', 'l.json: is no JSON'],
    [
      '<<<<<<< HEAD\n',
      'l.json: has a merge conflict. Take it from git or delete it, then run `npx workos-audit schemas push`',
    ],
    ['[]', 'has no `lockfileVersion`, so it is no lock'],
    ['{ "lockfileVersion": 3 }', 'is of lockfileVersion 3, this release knows 1. Update nestjs-workos-audit'],
    ['{ "lockfileVersion": 1 }', '`actions` must be an object of lists of versions'],
    ['{ "lockfileVersion": 1, "actions": { "a.b": {} } }', "`actions['a.b']` must be a list of versions"],
    [
      '{ "lockfileVersion": 1, "actions": { "a.b": [{ "version": 0, "targets": ["x"] }] } }',
      "`actions['a.b'][0].version` must be a whole number above 0",
    ],
    [
      '{ "lockfileVersion": 1, "actions": { "a.b": [{ "version": 1, "targets": "x" }] } }',
      "`actions['a.b'][0].targets` must be a list of target types",
    ],
    [
      '{ "lockfileVersion": 1, "actions": { "a.b": [{ "version": 1, "targets": ["x"], "digest": 1 }] } }',
      "`actions['a.b'][0].digest` must be text",
    ],
    ['{ "lockfileVersion": 1, "actions": {}, "catalogue": 1 }', '`catalogue` must be an object'],
  ])('that is none is refused with the place and the fix: %s', (text, message) => {
    expect(() => parseLock(text, 'l.json')).toThrow(message);
    expect(() => parseLock(text, 'l.json')).toThrow(/^l\.json:/);
  });
});

describe('staleSchemas()', () => {
  test('is silent when catalogue and lock are in step, whatever else the lock has', () => {
    expect(staleSchemas(catalogue, lockFor())).toEqual([]);
    expect(
      staleSchemas(defineAuditEvents({ 'a.b': { targets: [target('user', { role: 'string' })] } }), lockFor()),
    ).toEqual([]);
  });

  test('names each action that the lock lacks or knows otherwise, and the command', () => {
    const changed = defineAuditEvents({
      'post.create': { targets: ['post', 'user', optional('team')], metadata: { title: 'number' } },
      'a.b': { targets: [target('user', { role: 'string' }), optional('team')] },
      'new.action': { targets: ['user'] },
    });
    expect(staleSchemas(changed, lockFor())).toEqual([
      "'post.create': the schema lock was made when the metadata of post, user, team was another; it was made when the metadata of post, user was another",
      "'a.b': the schema lock has no version with the target types user, team",
      "'new.action' is not in the schema lock",
      'to bring WorkOS and the lock in step, run: npx workos-audit schemas push --events ./audit-events.ts',
    ]);
    expect(pushCommand()).toContain('--events ./audit-events.ts');
    expect(pushCommand({ lockfileVersion: 1, catalogue: { events: './src/e.ts' }, actions: {} })).toContain(
      './src/e.ts',
    );
  });
});

describe('versionFor()', () => {
  const [digest = ''] = lockFor().actions['a.b']?.map((entry) => entry.digest ?? '') ?? [];
  const entry = (version: number, of?: string) => ({
    version,
    targets: ['user'],
    ...(of !== undefined && { digest: of }),
  });
  const definition = catalogue.actions.get('a.b');
  test.each<[string, ReturnType<typeof entry>[], number]>([
    [
      'prefers the content of the catalogue to what is newer',
      [entry(1, 'old'), entry(2, digest), entry(3, 'newer')],
      2,
    ],
    ['takes the newest of several that have it', [entry(1, digest), entry(4, digest), entry(5)], 4],
    ['takes the newest with the target types, if none has it', [entry(1, 'old'), entry(3), entry(2)], 3],
  ])('%s', (_, entries, version) => {
    const lock = { lockfileVersion: 1, actions: { 'a.b': entries } };
    expect(versionFor(lock, 'a.b', ['user'], definition)).toBe(version);
    expect(versionFor(lock, 'a.b', new Set(['user']))).toBe(Math.max(...entries.map((one) => one.version)));
    expect(versionFor(lock, 'a.b', ['user', 'team'], definition)).toBeUndefined();
  });
});
