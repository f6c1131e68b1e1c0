import { type AuditCatalogue, defineAuditEvents, optional, schemasOf, target } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';

function schemas(catalogue: AuditCatalogue, action: string): ReturnType<typeof schemasOf> {
  return schemasOf(catalogue.actions.get(action) as never);
}

describe('defineAuditEvents()', () => {
  test('brings definitions into one form', () => {
    const catalogue = defineAuditEvents({
      'post.delete': {
        description: 'gone',
        targets: ['post', target('user', { role: 'string' }), optional('team')],
        metadata: { title: 'string' },
      },
    });
    expect(catalogue.actions.get('post.delete')).toEqual({
      action: 'post.delete',
      description: 'gone',
      metadata: { title: 'string' },
      targets: [
        { type: 'post', optional: false },
        { type: 'user', optional: false, metadata: { role: 'string' } },
        { type: 'team', optional: true },
      ],
    });
    expect(catalogue).toMatchObject({ actorTarget: 'user', groupTarget: 'team' });
    expect(defineAuditEvents({}, { actorTarget: 'member', groupTarget: false })).toMatchObject({
      actorTarget: 'member',
      groupTarget: false,
    });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no dot', { delete: { targets: ['a'] } }, `'delete': an action is a name such as 'post.delete'`],
    ['a space', { 'post. delete': { targets: ['a'] } }, 'without spaces'],
    ['no targets', { 'a.b': {} }, `'a.b': needs \`targets\``],
    [
      'an unknown field',
      { 'a.b': { targets: ['x'], metdata: {} } },
      'there is no field `metdata`; the fields are description',
    ],
    ['empty targets', { 'a.b': { targets: [] } }, '`targets` is empty'],
    ['only optional targets', { 'a.b': { targets: [optional('a')] } }, 'every target type is optional'],
    ['a type twice', { 'a.b': { targets: ['x', optional('x')] } }, `the target type 'x' is there twice`],
    ['an empty type', { 'a.b': { targets: [''] } }, 'a target type is empty'],
    [
      'five optional types',
      { 'a.b': { targets: ['x', ...['a', 'b', 'c', 'd', 'e'].map((t) => optional(t))] } },
      'has 5 optional target types, at most 4',
    ],
    [
      'a bad metadata type',
      { 'a.b': { targets: ['x'], metadata: { k: 'date' } } },
      `metadata: 'k' must be 'string', 'number' or 'boolean'`,
    ],
    [
      'a bad metadata key',
      { 'a.b': { targets: ['x'], metadata: { 'k.k': 'string' } } },
      `metadata: the key 'k.k' must be 1 to 40`,
    ],
    ['a bad target key', { 'a.b': { targets: [target('x', { '': 'string' })] } }, `metadata of target 'x': the key ''`],
    [
      'a bad actor key',
      { 'a.b': { targets: ['x'], actor: { metadata: { k: 'any' } } } },
      `actor.metadata: 'k' must be`,
    ],
    [
      '51 keys',
      {
        'a.b': {
          targets: ['x'],
          metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'string'])),
        },
      },
      'has 51 keys, WorkOS allows 50',
    ],
  ])('%s is refused', (_name, events, message) => {
    expect(() => defineAuditEvents(events as never)).toThrow(message);
  });

  test('tells every mistake at once', () => {
    const define = (): unknown => defineAuditEvents({ nodot: { targets: ['a'] }, 'a.b': { targets: [] } });
    expect(define).toThrow(/defineAuditEvents\(\):\n {2}- 'nodot': .*\n {2}- 'a\.b': /);
  });
});

describe('schemasOf()', () => {
  test('is one schema for each combination of the optional types, the fullest first', () => {
    const catalogue = defineAuditEvents({
      'a.b': {
        targets: ['x', optional('y'), optional('z', { n: 'number' })],
        metadata: { m: 'string' },
        actor: { metadata: { role: 'string' } },
      },
    });
    const all = schemas(catalogue, 'a.b');
    expect(all.map(({ targets }) => targets.map(({ type }) => type).join())).toEqual(['x,y,z', 'x,z', 'x,y', 'x']);
    expect(all[1]).toEqual({
      action: 'a.b',
      targets: [{ type: 'x' }, { type: 'z', metadata: { n: 'number' } }],
      metadata: { m: 'string' },
      actor: { metadata: { role: 'string' } },
    });
  });
});
