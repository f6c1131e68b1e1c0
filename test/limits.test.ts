import { describe, expect, test } from 'vitest';
import { TestApp } from './support/test-app.js';

const by = { actor: { id: 'a' }, organizationId: 'org_local' };

/** Records one event and answers it as WorkOS has it, with what the log says about it. */
async function recorded(
  input: object,
  audit = {},
): Promise<{ event: TestApp['workos']['events'][number]; log: string }> {
  const app = await TestApp.start({ audit });
  await app.audit.record('a.b', { ...by, ...input });
  const [event] = await app.events(1);
  if (!event) throw new Error('no event');
  return { event, log: app.logs.find('warn', 'is degraded').join('\n') };
}

describe('metadata', () => {
  test('keeps strings, numbers and booleans; Dates become ISO; null and undefined are left out without a word', async () => {
    const { event, log } = await recorded({
      metadata: { s: 'text', n: 1.5, b: false, empty: '', zero: 0, d: new Date(0), nothing: null, missing: undefined },
    });
    expect(event.metadata).toEqual({ s: 'text', n: 1.5, b: false, empty: '', zero: 0, d: '1970-01-01T00:00:00.000Z' });
    expect(log).toBe('');
  });

  test('flattens objects, writes arrays as JSON, and survives what has no JSON', async () => {
    const cycle: Record<string, unknown> = { name: 'loop' };
    cycle.self = cycle;
    const { event, log } = await recorded({
      metadata: {
        address: { city: 'Paris', geo: { lat: 48.9 } },
        tags: ['a', 1, { b: true }],
        big: 10n,
        nan: Number.NaN,
        fn: () => 1,
        sym: Symbol('x'),
        cycle,
        url: new URL('https://x.org/a'),
        bad: new Date('x'),
        get thrown(): string {
          throw new Error('no');
        },
      },
    });
    expect(event.metadata).toMatchObject({
      address_city: 'Paris',
      address_geo_lat: 48.9,
      tags: '["a",1,{"b":true}]',
      big: '10',
      nan: 'NaN',
      cycle_name: 'loop',
      url: 'https://x.org/a',
      bad: 'Invalid Date',
    });
    expect(log).toContain('metadata key "fn" is a function and was left out');
    expect(log).toContain('metadata key "thrown" could not be read');
  });

  test('cuts strings at 500, without breaking a character, and takes out what no store accepts', async () => {
    const { event, log } = await recorded({
      metadata: { long: 'x'.repeat(600), emoji: 'é'.repeat(498) + '😀'.repeat(5), nul: 'a\u0000b', lone: 'a\uD800b' },
    });
    expect(event.metadata.long).toBe(`${'x'.repeat(499)}…`);
    expect(event.metadata.emoji).toBe(`${'é'.repeat(498)}…`);
    expect(event.metadata).toMatchObject({ nul: 'ab', lone: 'a\uFFFDb' });
    expect(log).toContain('metadata "long" has 600 characters and was cut to 500');
  });

  test('keeps 50 keys of the right form', async () => {
    const metadata = {
      'with space.and-dot': 1,
      with_space_and_dot: 2,
      ['k'.repeat(60)]: 3,
      '': 4,
      ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`key${i}`, i])),
    };
    const { event, log } = await recorded({ metadata });
    expect(Object.keys(event.metadata)).toHaveLength(50);
    expect(event.metadata['with_space_and-dot']).toBe(1);
    expect(event.metadata['k'.repeat(40)]).toBe(3);
    expect(log).toContain('metadata key "with space.and-dot" was written "with_space_and-dot"');
    expect(log).toContain('metadata has more than 50 keys; 14 were left out');
  });

  test('two keys that become the same keep the first value, and a key cannot reach the prototype', async () => {
    const metadata = JSON.parse('{"a b": 1, "a.b": 2, "__proto__": {"polluted": true}, "constructor": "c"}') as object;
    const { event, log } = await recorded({ metadata });
    expect(event.metadata).toEqual({ a_b: 1, __proto___polluted: true, constructor: 'c' });
    expect(log).toContain('metadata key "a_b" is there twice; the first value was kept');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test.each([['a text'], [['list']]])('that is %o is left out, and said', async (metadata) => {
    const { event, log } = await recorded({ metadata });
    expect(event.metadata).toEqual({});
    expect(log).toContain('expected an object of keys and values');
  });
});

describe('redact', () => {
  test('replaces values by key, name or pattern, nested and in arrays, of event, actor and targets', async () => {
    const secret = 'hunter2';
    const { event } = await recorded(
      {
        actor: { id: 'a', metadata: { Password: secret, role: 'admin' } },
        targets: { key: { id: 'k', metadata: { api_token: secret } } },
        metadata: {
          password: secret,
          TOKEN: secret,
          token_b: secret,
          deep: { password: { a: secret } },
          list: [{ token_2: secret }],
          ok: 'seen',
        },
      },
      { redact: ['password', /token/gi] },
    );
    expect(JSON.stringify(event)).not.toContain(secret);
    expect(event.metadata).toEqual({
      password: '[redacted]',
      TOKEN: '[redacted]',
      token_b: '[redacted]',
      deep_password: '[redacted]',
      list: '[{"token_2":"[redacted]"}]',
      ok: 'seen',
    });
    expect(event.actor.metadata).toEqual({ Password: '[redacted]', role: 'admin' });
  });
});

describe('an event over the limits', () => {
  test('keeps actor, action and a target of each type within 60,000 bytes, and says what it cut', async () => {
    const { event, log } = await recorded({
      actor: { id: 'a', name: 'n'.repeat(2_000) },
      targets: {
        post: Array.from({ length: 3_000 }, (_, i) => ({
          id: `post-${i}`,
          name: `Post number ${i}`,
          metadata: { note: 'x'.repeat(100) },
        })),
        file: 'f1',
      },
      metadata: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'ü'.repeat(500)])),
    });
    expect(event.actor.name).toHaveLength(500);
    expect(new Set(event.targets.map(({ type }) => type))).toEqual(new Set(['user', 'post', 'file']));
    expect(log).toMatch(/the event has \d+ bytes and was cut to \d+ \(\d+ targets left out\)/);
    expect(log).toContain('the name of the actor has 2000 characters and was cut to 500');
  });

  test('is cut as well when its few characters are many bytes', async () => {
    const { event, log } = await recorded({
      targets: { post: 'p1' },
      // Six bytes each in JSON.
      metadata: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, '\u0001'.repeat(500)])),
    });
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(60_000);
    expect(log).toMatch(/the event has \d+ bytes and was cut to \d+ /);
  });

  test('random rubbish is always acceptable to WorkOS', async () => {
    const app = await TestApp.start({ audit: { redact: [/1/] } });
    let seed = 42;
    const random = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % n;
    };
    const text = (): string => String.fromCharCode(...Array.from({ length: random(700) }, () => random(0x10000)));
    const value = (depth: number): unknown =>
      [
        text,
        () => random(1e9) - 5e8,
        () => random(2) === 0,
        () => null,
        () => undefined,
        () => new Date(random(2 ** 30) * 1_000),
        () => Array.from({ length: random(5) }, () => (depth > 3 ? 1 : value(depth + 1))),
        () =>
          Object.fromEntries(
            Array.from({ length: random(20) }, () => [text().slice(0, 50), depth > 3 ? 1 : value(depth + 1)]),
          ),
        () => Infinity,
        () => BigInt(random(9)),
      ][random(10)]?.();
    for (let i = 0; i < 500; i += 1) {
      await app.audit.record(`a.${i}`, {
        actor: { id: text() || 'x', name: text(), metadata: value(0) as never },
        organizationId: 'org_local',
        targets: {
          post: value(0) as never,
          file: Array.from({ length: random(300) }, () => ({ id: text(), name: text() })),
        },
        metadata: value(0) as never,
        context: { location: text() || 'x', userAgent: text() },
      });
    }
    await app.events(500);
    expect(app.workos.refused).toEqual([]);
    expect(await app.audit.stats()).toMatchObject({ recorded: 500, delivered: 500, buried: 0, dropped: 0 });
  });
});
