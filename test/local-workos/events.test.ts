import { describe, expect, it, vi } from 'vitest';
import { post, sdk, sdkEvent, send, start, wireEvent } from './support.js';

describe('an accepted event', () => {
  it('is kept as it was sent, with an id of its own', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'] });
    const before = Date.now();

    await sdk(workos).auditLogs.createEvent(
      'org_local',
      sdkEvent({ metadata: { snake_key: 'a', camelKey: 1, 'dash-key': true } }),
      { idempotencyKey: 'key-1' },
    );

    expect(workos.events).toEqual([
      {
        id: expect.stringMatching(/^audit_log_event_[0-9A-HJKMNP-TV-Z]{26}$/),
        receivedAt: expect.any(Date),
        organizationId: 'org_local',
        action: 'post.create',
        version: 1,
        occurredAt: '2026-11-20T10:00:00.000Z',
        actor: { id: 'prof_1', type: 'user', name: 'Ada', metadata: {} },
        targets: [{ id: 'post_1', type: 'post' }],
        context: { location: '203.0.113.7', userAgent: 'Firefox' },
        metadata: { snake_key: 'a', camelKey: 1, 'dash-key': true },
        idempotencyKey: 'key-1',
      },
    ]);
    expect(workos.events[0]?.receivedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(workos.refused).toEqual([]);
  });

  it('is answered 200 {success: true} with a request id, and tells no event id', async () => {
    const workos = await start({ schemas: 'open' });

    const answer = await post(workos, wireEvent());

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ success: true });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('x-request-id')).toBe(workos.requests[0]?.id);
  });

  it('is answered 201 if told so', async () => {
    const workos = await start({ schemas: 'open', createdStatus: 201 });

    expect((await post(workos, wireEvent())).status).toBe(201);
  });

  it('may have the greatest metadata that WorkOS allows', async () => {
    const workos = await start({ schemas: 'open' });
    const metadata = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`${index}`.padEnd(40, '_'), '𝒳'.repeat(500)]),
    );

    // 50 × 500 astral characters are above the 64 KB of a body, so the strings take turns.
    const [key = ''] = Object.keys(metadata);
    expect(
      (await post(workos, wireEvent({ metadata: { ...metadata, ...blank(metadata), [key]: metadata[key] } }))).status,
    ).toBe(200);
    expect(Object.keys(workos.events[0]?.metadata ?? {})).toHaveLength(50);
  });
});

function blank(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(metadata).map((key) => [key, '']));
}

describe('the API key', () => {
  it.each([
    ['missing', { authorization: '' }],
    ['wrong', { authorization: 'Bearer sk_other' }],
    ['not a bearer token', { authorization: 'Basic sk_test_local' }],
  ])('%s is a 401', async (_, headers) => {
    const workos = await start({ schemas: 'open' });

    const answer = await post(workos, wireEvent(), headers);

    expect([answer.status, answer.json]).toEqual([401, { message: 'Unauthorized' }]);
    expect(workos.events).toEqual([]);
    expect(workos.refused).toMatchObject([{ method: 'POST', path: '/audit_logs/events', status: 401 }]);
  });

  it('is asked for before the body is looked at', async () => {
    const workos = await start();

    expect((await send(workos, 'POST', '/audit_logs/events', 'x'.repeat(70_000), { authorization: '' })).status).toBe(
      401,
    );
  });

  it('makes the SDK throw UnauthorizedException', async () => {
    const workos = await start({ apiKey: 'sk_right' });

    await expect(
      sdk(workos, { apiKey: 'sk_wrong' }).auditLogs.createEvent('org_local', sdkEvent()),
    ).rejects.toMatchObject({ name: 'UnauthorizedException', status: 401 });
  });
});

describe('a body without the shape of an event', () => {
  const long = 'x'.repeat(501);
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 1]));

  it.each<[string, object, { code: string; field: string }[]]>([
    ['no action', { action: undefined }, [{ code: 'required', field: 'event.action' }]],
    ['an action that is no string', { action: 1 }, [{ code: 'invalid_type', field: 'event.action' }]],
    ['no time', { occurred_at: undefined }, [{ code: 'required', field: 'event.occurred_at' }]],
    ['a time that is no time', { occurred_at: 'now' }, [{ code: 'invalid_format', field: 'event.occurred_at' }]],
    [
      'a day that is none',
      { occurred_at: '2026-02-30T10:00:00Z' },
      [{ code: 'invalid_format', field: 'event.occurred_at' }],
    ],
    [
      'a time without a zone',
      { occurred_at: '2026-02-03T10:00:00' },
      [{ code: 'invalid_format', field: 'event.occurred_at' }],
    ],
    ['a version that is no integer', { version: 1.5 }, [{ code: 'invalid_type', field: 'event.version' }]],
    ['a version that is null', { version: null }, [{ code: 'invalid_type', field: 'event.version' }]],
    ['no actor', { actor: undefined }, [{ code: 'required', field: 'event.actor' }]],
    ['an actor without an id', { actor: { type: 'user' } }, [{ code: 'required', field: 'event.actor.id' }]],
    ['an actor without a type', { actor: { id: '1' } }, [{ code: 'required', field: 'event.actor.type' }]],
    [
      'an actor whose name is null',
      { actor: { id: '1', type: 'user', name: null } },
      [{ code: 'invalid_type', field: 'event.actor.name' }],
    ],
    ['no targets', { targets: undefined }, [{ code: 'required', field: 'event.targets' }]],
    ['targets that are no list', { targets: {} }, [{ code: 'invalid_type', field: 'event.targets' }]],
    ['a target that is null', { targets: [null] }, [{ code: 'invalid_type', field: 'event.targets.0' }]],
    ['a target without an id', { targets: [{ type: 'post' }] }, [{ code: 'required', field: 'event.targets.0.id' }]],
    [
      'a target with a numeric id',
      { targets: [{ type: 'post', id: 7 }] },
      [{ code: 'invalid_type', field: 'event.targets.0.id' }],
    ],
    ['no context', { context: undefined }, [{ code: 'required', field: 'event.context' }]],
    ['no location', { context: {} }, [{ code: 'required', field: 'event.context.location' }]],
    [
      'a user agent that is no string',
      { context: { location: '', user_agent: 1 } },
      [{ code: 'invalid_type', field: 'event.context.user_agent' }],
    ],
    ['metadata that is an array', { metadata: [] }, [{ code: 'invalid_type', field: 'event.metadata' }]],
    ['metadata with null', { metadata: { a: null } }, [{ code: 'invalid_type', field: 'event.metadata.a' }]],
    ['metadata with an object', { metadata: { a: {} } }, [{ code: 'invalid_type', field: 'event.metadata.a' }]],
    ['51 metadata keys', { metadata: many }, [{ code: 'max_properties', field: 'event.metadata' }]],
    ['a metadata key with a dot', { metadata: { 'a.b': 1 } }, [{ code: 'invalid_key', field: 'event.metadata.a.b' }]],
    [
      'a metadata key of 41 characters',
      { metadata: { ['k'.repeat(41)]: 1 } },
      [{ code: 'invalid_key', field: `event.metadata.${'k'.repeat(41)}` }],
    ],
    [
      'a metadata string of 501 characters',
      { metadata: { a: long } },
      [{ code: 'max_length', field: 'event.metadata.a' }],
    ],
    [
      'the same in the actor',
      { actor: { id: '1', type: 'user', metadata: { a: long } } },
      [{ code: 'max_length', field: 'event.actor.metadata.a' }],
    ],
    [
      'the same in a target',
      { targets: [{ id: '1', type: 'post', metadata: { a: long } }] },
      [{ code: 'max_length', field: 'event.targets.0.metadata.a' }],
    ],
    [
      'two faults',
      { action: undefined, context: {} },
      [
        { code: 'required', field: 'event.action' },
        { code: 'required', field: 'event.context.location' },
      ],
    ],
  ])('%s is a 422 that names it', async (_, overrides, errors) => {
    const workos = await start({ schemas: 'open' });

    const answer = await post(workos, wireEvent(overrides));

    expect([answer.status, answer.json]).toEqual([422, { message: 'Validation failed.', errors }]);
    expect(workos.events).toEqual([]);
  });

  it('names the organization and the event if both are missing', async () => {
    const workos = await start();

    expect((await send(workos, 'POST', '/audit_logs/events', {})).json).toEqual({
      message: 'Validation failed.',
      errors: [
        { code: 'required', field: 'organization_id' },
        { code: 'required', field: 'event' },
      ],
    });
  });

  it('comes before the question whether the organization exists', async () => {
    const workos = await start();

    const answer = await send(workos, 'POST', '/audit_logs/events', { organization_id: 'org_none', event: {} });

    expect(answer.status).toBe(422);
  });
});

describe('the organization', () => {
  it('must exist, else 404 in the words of WorkOS', async () => {
    const workos = await start();

    await expect(sdk(workos).auditLogs.createEvent('org_none', sdkEvent())).rejects.toMatchObject({
      name: 'NotFoundException',
      status: 404,
      message: "Organization not found: 'org_none'.",
    });
  });
});

describe('the schema', () => {
  it('must be registered: 400 with the recorded body, which the SDK turns into a GenericServerException', async () => {
    const workos = await start();

    const answer = await post(workos, wireEvent({ action: 'organization.deleted' }));

    expect([answer.status, answer.json]).toEqual([
      400,
      {
        message:
          "Invalid Audit Log event: event 'organization.deleted', version '1' has not been configured in this environment.",
        code: 'invalid_audit_log',
      },
    ]);
    await expect(sdk(workos).auditLogs.createEvent('org_local', sdkEvent())).rejects.toMatchObject({
      name: 'GenericServerException',
      status: 400,
    });
  });

  it('of version 1 is meant if the event names none', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'] });
    expect(workos.defineSchema('post.create', { targets: ['post', 'user'] })).toBe(2);

    expect((await post(workos, wireEvent())).status).toBe(200);
    expect((await post(workos, wireEvent({ version: 2 }))).status).toBe(400);
    expect(workos.events.map(({ version }) => version)).toEqual([1]);
  });

  it('of another version is another schema', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'] });

    expect((await post(workos, wireEvent({ version: 2 }))).json).toMatchObject({
      message: expect.stringContaining("version '2' has not been configured"),
    });
  });

  const post1 = { id: '1', type: 'post' };
  const post2 = { id: '2', type: 'post' };
  const user = { id: '1', type: 'user' };
  const team = { id: '1', type: 'team' };
  it.each<[string, object[], string | undefined]>([
    ['the same types', [post1, user], undefined],
    ['another order', [user, post1], undefined],
    ['several of one type', [post1, post2, user], undefined],
    ['a type too few', [post1], '/targets'],
    ['none', [], '/targets'],
    ['a type too many', [post1, user, team], '/targets/2/type'],
    ['another type', [post1, team], '/targets/1/type'],
  ])('wants the set of target types to be equal: %s', async (_, targets, instancePath) => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post', 'user'] });

    const answer = await post(workos, wireEvent({ targets }));

    expect([answer.status, answer.json]).toEqual(
      instancePath === undefined
        ? [200, { success: true }]
        : [400, { message: 'Invalid Audit Log event.', code: 'invalid_audit_log_event', errors: [{ instancePath }] }],
    );
  });

  it('says in `refused` what WorkOS does not say', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post', 'user'] });

    await post(workos, wireEvent());

    expect(workos.refused[0]?.reason).toBe('target types sent: post; the schema wants exactly: post, user');
  });

  it.each<[string, object, string | undefined]>([
    ['metadata that is not sent', { metadata: undefined }, ''],
    ['actor metadata that is not sent', { actor: { id: '1', type: 'user' } }, '/actor'],
    ['empty metadata', { metadata: {} }, undefined],
  ])('with registered metadata wants it: %s', async (_, overrides, instancePath) => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'], actor: { metadata: {} }, metadata: { title: 'string' } });

    const answer = await post(workos, wireEvent(overrides));

    const message = 'Invalid Audit Log event: incorrect or missing metadata keys';
    expect([answer.status, answer.json]).toEqual(
      instancePath === undefined
        ? [200, { success: true }]
        : [400, { message, code: 'invalid_audit_log_event', errors: [{ instancePath }] }],
    );
  });

  it('registered by the SDK always wants actor metadata', async () => {
    const workos = await start();
    const client = sdk(workos);
    await client.auditLogs.createSchema({ action: 'post.create', targets: [{ type: 'post' }] });

    const event = sdkEvent({ actor: { id: '1', type: 'user' } });
    await expect(client.auditLogs.createEvent('org_local', event)).rejects.toMatchObject({
      name: 'BadRequestException',
      code: 'invalid_audit_log_event',
      errors: [{ instancePath: '/actor' }],
    });
  });

  it('without metadata asks for none', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'] });

    expect((await post(workos, wireEvent({ metadata: undefined, actor: { id: '1', type: 'user' } }))).status).toBe(200);
    expect(workos.events[0]?.metadata).toEqual({});
  });

  it.each<[string, object, string]>([
    ['the event', { metadata: { count: '1' } }, '/metadata/count'],
    ['the actor', { actor: { id: '1', type: 'user', metadata: { admin: 'yes' } } }, '/actor/metadata/admin'],
    ['a target', { targets: [{ id: '1', type: 'post', metadata: { title: 1 } }] }, '/targets/0/metadata/title'],
  ])('checks the kind of each metadata value of %s', async (_, overrides, instancePath) => {
    const workos = await start();
    workos.defineSchema('post.create', {
      targets: [{ type: 'post', metadata: { title: 'string' } }],
      actor: { metadata: { admin: 'boolean' } },
      metadata: { count: 'number' },
    });

    expect((await post(workos, wireEvent(overrides))).json).toMatchObject({ errors: [{ instancePath }] });
  });

  it('honours `required` and `integer` of a JSON schema', async () => {
    const workos = await start();
    const metadata = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    await send(workos, 'POST', '/audit_logs/actions/post.create/schemas', { targets: [{ type: 'post' }], metadata });

    const statuses = [{}, { n: 1.5 }, { n: 2 }].map(
      async (value) => (await post(workos, wireEvent({ metadata: value }))).status,
    );
    expect(await Promise.all(statuses)).toEqual([400, 400, 200]);
  });

  it.each([
    ['accept', 200],
    ['refuse', 400],
  ] as const)('may %s keys that it does not list', async (unknownMetadataKeys, status) => {
    const workos = await start({ unknownMetadataKeys });
    workos.defineSchema('post.create', { targets: ['post'], metadata: { title: 'string' } });

    expect((await post(workos, wireEvent({ metadata: { title: 'a' } }))).status).toBe(200);
    expect((await post(workos, wireEvent({ metadata: { constructor: 'b' } }))).status).toBe(status);
  });

  it('is not asked for in open mode, but shape and limits are', async () => {
    const workos = await start({ schemas: 'open' });

    expect((await post(workos, wireEvent({ action: 'any.thing', version: 9, targets: [] }))).status).toBe(200);
    expect((await post(workos, wireEvent({ metadata: { a: null } }))).status).toBe(422);
  });
});

describe('idempotency', () => {
  it('stores the same event under the same key once, and answers the same', async () => {
    const workos = await start({ schemas: 'open' });

    const answers = [await post(workos, wireEvent(), { 'idempotency-key': 'k' })];
    answers.push(await post(workos, wireEvent(), { 'idempotency-key': 'k' }));

    expect(answers.map(({ status, json }) => [status, json])).toEqual([
      [200, { success: true }],
      [200, { success: true }],
    ]);
    expect(workos.events).toHaveLength(1);
    expect(workos.requests).toHaveLength(2);
  });

  it('does not depend on the order of keys', async () => {
    const workos = await start({ schemas: 'open' });

    await post(workos, wireEvent({ metadata: { a: 1, b: 2 } }), { 'idempotency-key': 'k' });
    await post(workos, wireEvent({ metadata: { b: 2, a: 1 } }), { 'idempotency-key': 'k' });

    expect(workos.events).toHaveLength(1);
  });

  it('takes another event under the same key, and the same event under another key, for new ones', async () => {
    const workos = await start({ schemas: 'open' });

    await post(workos, wireEvent(), { 'idempotency-key': 'k' });
    await post(workos, wireEvent({ occurred_at: '2026-11-20T10:00:00.001Z' }), { 'idempotency-key': 'k' });
    await post(workos, wireEvent(), { 'idempotency-key': 'l' });

    expect(workos.events).toHaveLength(3);
  });

  it('goes by the event alone without a key', async () => {
    const workos = await start({ schemas: 'open' });

    await post(workos, wireEvent());
    await post(workos, wireEvent());

    expect(workos.events).toHaveLength(1);
  });

  it('forgets a key after 24 hours', async () => {
    const workos = await start({ schemas: 'open' });
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const day = 24 * 60 * 60 * 1000;
      const at = Date.now();
      for (const later of [0, day - 1000, day + 1]) {
        vi.setSystemTime(at + later);
        await post(workos, wireEvent(), { 'idempotency-key': 'k' });
      }
    } finally {
      vi.useRealTimers();
    }

    expect(workos.events).toHaveLength(2);
  });

  it('does not remember a refusal: the same request succeeds once the schema exists', async () => {
    const workos = await start();

    expect((await post(workos, wireEvent(), { 'idempotency-key': 'k' })).status).toBe(400);
    workos.defineSchema('post.create', { targets: ['post'] });
    expect((await post(workos, wireEvent(), { 'idempotency-key': 'k' })).status).toBe(200);
    expect(workos.events).toHaveLength(1);
  });
});

describe('limits', () => {
  it('refuses a body above 64 KB, stores nothing and goes on', async () => {
    const workos = await start({ schemas: 'open' });

    const answer = await post(workos, wireEvent({ extra: 'x'.repeat(64 * 1024) }));

    expect([answer.status, answer.json]).toEqual([413, { message: 'request entity too large' }]);
    expect((await post(workos, wireEvent({ extra: 'x'.repeat(60_000) }))).status).toBe(200);
    expect(workos.events).toHaveLength(1);
  });

  it.each([
    [true, '30'],
    [false, null],
  ])('answers 429 above ratePerMinute (Retry-After: %s)', async (rateRetryAfter, retryAfter) => {
    const workos = await start({ schemas: 'open', ratePerMinute: 2, rateRetryAfter });

    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await post(workos, wireEvent({ version: i })));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]?.json).toEqual({ message: 'Too many requests.', code: 'rate_limit_exceeded' });
    expect(answers[2]?.headers.get('retry-after')).toBe(retryAfter);
    expect(workos.events).toHaveLength(2);
  });

  it('lets requests through again as time passes', async () => {
    const workos = await start({ schemas: 'open', ratePerMinute: 1 });
    await post(workos, wireEvent({ version: 1 }));
    expect((await post(workos, wireEvent({ version: 2 }))).status).toBe(429);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect((await post(workos, wireEvent({ version: 2 }))).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets no more than rateBurst through at once', async () => {
    const workos = await start({ schemas: 'open', ratePerMinute: 60, rateBurst: 3 });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await post(workos, wireEvent({ version: i }))).status);
    expect(statuses).toEqual([200, 200, 200]);
    expect((await post(workos, wireEvent({ version: 3 }))).status).toBe(429);
  });

  it('refuses a rate that lets nothing through', async () => {
    await expect(start({ ratePerMinute: 0 })).rejects.toThrow('ratePerMinute must be above 0');
    await expect(start({ rateBurst: 0 })).rejects.toThrow('rateBurst must be above 0');
  });
});

describe('rubbish', () => {
  it.each<[string, string, number]>([
    ['nothing', '', 422],
    ['no JSON', '{"organization_id":', 400],
    ['an array', '[]', 422],
    ['null', 'null', 422],
    ['a number', '7', 422],
    ['a string', '"x"', 422],
    ['deep arrays', '['.repeat(20_000) + ']'.repeat(20_000), 400],
    ['deep objects', `{"event":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`, 400],
    ['arrays where objects belong', '{"organization_id":"org_local","event":[]}', 422],
    ['a prototype', '{"__proto__":{"organization_id":"org_local"},"event":{"__proto__":{"action":"a"}}}', 422],
    ['control characters', '\u0000\u0001', 400],
  ])('%s is refused without a 500', async (_, body, status) => {
    const workos = await start({ schemas: 'open' });

    const answer = await send(workos, 'POST', '/audit_logs/events', body);

    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ message: expect.any(String) });
    expect((await post(workos, wireEvent())).status).toBe(200);
  });

  it('keeps metadata keys that JavaScript treats specially', async () => {
    const workos = await start({ schemas: 'open' });

    await send(
      workos,
      'POST',
      '/audit_logs/events',
      `{"organization_id":"org_local","event":${JSON.stringify(wireEvent({ metadata: 'M' })).replace(
        '"M"',
        '{"__proto__":"x","constructor":1}',
      )}}`,
    );

    expect(JSON.stringify(workos.events[0]?.metadata)).toBe('{"__proto__":"x","constructor":1}');
  });

  it('of another content type is no body at all', async () => {
    const workos = await start({ schemas: 'open' });

    expect((await post(workos, wireEvent(), { 'content-type': 'text/plain' })).status).toBe(422);
  });

  it.each([
    '/nothing/here',
    '/audit_logs/events/1',
    '/%ff',
    '/audit_logs//events',
    '/audit_logs/actions/%E0%A4%A/schemas',
  ])('on the path %s is a JSON 4xx', async (path) => {
    const workos = await start();

    const answer = await send(workos, 'GET', path);

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json).toMatchObject({ message: expect.any(String) });
  });
});
