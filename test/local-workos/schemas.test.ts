import { describe, expect, it } from 'vitest';
import { sdk, send, start } from './support.js';

const SCHEMAS = '/audit_logs/actions/post.create/schemas';

describe('a schema', () => {
  it('made by the SDK reads back as it was made', async () => {
    const workos = await start();
    const client = sdk(workos);

    const created = await client.auditLogs.createSchema({
      action: 'post.create',
      targets: [{ type: 'post', metadata: { title: 'string' } }, { type: 'user' }],
      actor: { metadata: { role: 'string' } },
      metadata: { count: 'number', ok: 'boolean' },
    });
    const listed = await client.auditLogs.listSchemas('post.create');

    expect(created).toEqual({
      object: 'audit_log_schema',
      version: 1,
      targets: [
        { type: 'post', metadata: { title: 'string' } },
        { type: 'user', metadata: undefined },
      ],
      actor: { metadata: { role: 'string' } },
      metadata: { count: 'number', ok: 'boolean' },
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(listed.data).toEqual([created]);
  });

  it('is answered 201, and gets the next version even if it equals the last', async () => {
    const workos = await start();
    const body = { targets: [{ type: 'post' }] };

    const answers = [await send(workos, 'POST', SCHEMAS, body), await send(workos, 'POST', SCHEMAS, body)];

    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers.map(({ json }) => (json as { version: number }).version)).toEqual([1, 2]);
    expect(workos.defineSchema('post.create', { targets: ['post'] })).toBe(3);
  });

  it('defined in the seed or by defineSchema is the one the SDK reads', async () => {
    const workos = await start({
      seed: { schemas: [{ action: 'a.b', targets: ['x', { type: 'y', metadata: { n: 'number' } }] }] },
    });
    workos.defineSchema('a.b', { targets: ['x'], actor: { metadata: {} }, metadata: { t: 'string' } });

    const { data } = await sdk(workos).auditLogs.listSchemas('a.b');

    expect(data).toMatchObject([
      { version: 2, targets: [{ type: 'x' }], actor: { metadata: {} }, metadata: { t: 'string' } },
      { version: 1, targets: [{ type: 'x' }, { type: 'y', metadata: { n: 'number' } }] },
    ]);
    expect(data[1]?.actor).toBeUndefined();
  });

  it('of an action with a colon and dots is found under that name', async () => {
    const workos = await start();
    const client = sdk(workos);
    await client.auditLogs.createSchema({ action: 'app:billing/plan.set', targets: [{ type: 'plan' }] });

    expect((await client.auditLogs.listSchemas('app:billing/plan.set')).data).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['no targets', {}],
    ['an empty list of targets', { targets: [] }],
    ['a target that is a string', { targets: ['post'] }],
    ['a target without a type', { targets: [{}] }],
    ['an empty type', { targets: [{ type: '' }] }],
    ['metadata that is no schema', { targets: [{ type: 'post' }], metadata: 'x' }],
    ['properties that are no schemas', { targets: [{ type: 'post' }], metadata: { properties: { a: 'string' } } }],
    ['an actor without metadata', { targets: [{ type: 'post' }], actor: {} }],
    ['an array', []],
    ['null', null],
  ])('with %s is a 422 with a message', async (_, body) => {
    const workos = await start();

    const answer = await send(workos, 'POST', SCHEMAS, body);

    expect([answer.status, answer.json]).toEqual([422, { message: expect.any(String) }]);
    expect((await send(workos, 'GET', SCHEMAS)).status).toBe(404);
  });

  it('registers whatever type it is given, as WorkOS does: no value will match a wrong one', async () => {
    const workos = await start();
    const metadata = { type: 'object', properties: { name: { type: 'Example Org' } } };
    expect((await send(workos, 'POST', SCHEMAS, { targets: [{ type: 'post' }], metadata })).status).toBe(201);
  });
});

describe('the lists', () => {
  it('of an unknown action are a 404', async () => {
    const workos = await start();

    expect((await send(workos, 'GET', SCHEMAS)).json).toEqual({
      message: "Audit Log Action not found: 'post.create'.",
    });
    await expect(sdk(workos).auditLogs.listSchemas('post.create')).rejects.toMatchObject({ status: 404 });
  });

  it('of schemas come in pages, the newest first, with cursors that only the list knows', async () => {
    const workos = await start();
    for (let i = 0; i < 12; i += 1) workos.defineSchema('post.create', { targets: ['post'] });
    const client = sdk(workos);

    const first = await client.auditLogs.listSchemas('post.create');
    const second = await client.auditLogs.listSchemas('post.create', { after: first.listMetadata.after ?? '' });
    const all = await (await client.auditLogs.listSchemas('post.create')).autoPagination();

    expect(first.data.map(({ version }) => version)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(first.listMetadata).toEqual({ before: null, after: expect.stringMatching(/^als_/) });
    expect(second.data.map(({ version }) => version)).toEqual([2, 1]);
    expect(second.listMetadata).toEqual({ before: expect.stringMatching(/^als_/), after: null });
    expect(all).toHaveLength(12);
  });

  it('of actions show the newest schema of each', async () => {
    const workos = await start();
    workos.defineSchema('a.a', { targets: ['x'] });
    workos.defineSchema('b.b', { targets: ['x'] });
    workos.defineSchema('a.a', { targets: ['y'] });

    const { data } = await sdk(workos).get<{ data: unknown }>('/audit_logs/actions', { query: { order: 'asc' } });

    expect(data).toMatchObject({
      object: 'list',
      data: [
        { object: 'audit_log_action', name: 'a.a', schema: { version: 2, targets: [{ type: 'y' }] } },
        { object: 'audit_log_action', name: 'b.b', schema: { version: 1 } },
      ],
      list_metadata: { before: null, after: null },
    });
  });
});
