import { text } from 'node:stream/consumers';
import { AuditUsageError } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { failure, lastHour, paths, start } from './support.js';

const DAY = 24 * 3_600_000;
const ago = (days: number): Date => new Date(Date.now() - days * DAY);

describe('an export', () => {
  test('is created, waited for, and read as text and as rows', async () => {
    const { exports, create } = await start();

    const created = await create();
    const ready = await exports.wait(created.id);
    const csv = await text(await exports.stream(created.id));
    const rows = await Array.fromAsync(exports.rows(created.id));

    expect(created).toMatchObject({ id: expect.stringMatching(/^audit_log_export_/) as string });
    expect(ready).toEqual({
      id: created.id,
      state: 'ready',
      url: expect.stringContaining('/_exports/') as string,
      createdAt: expect.any(Date) as Date,
      updatedAt: expect.any(Date) as Date,
    });
    expect(csv).toMatch(/^action,occurred_at,/);
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatchObject({
      action: 'post.delete',
      actor: { id: 'user_ada', type: 'user', name: 'Ada Lovelace', metadata: {} },
      targets: [{ type: 'user' }, { id: 'p1', type: 'post', name: 'Say "1",\nthen go', metadata: {} }],
      context: { location: 'internal' },
      metadata: { number: 1 },
      columns: { target_type_2: 'post' },
    });
    expect(rows[1]?.occurredAt).toBeInstanceOf(Date);
  });

  test('is one call as well', async () => {
    const { exports } = await start();

    const csv = await exports.download({ organizationId: 'org_local', ...lastHour(), actions: ['post.delete'] });

    expect(await text(csv)).toMatch(/post\.delete/);
  });

  test('filters by action, actor and type of target', async () => {
    const { exports, create } = await start();
    const actions = async (filter: object): Promise<string[]> => {
      const { id } = await create(filter);
      return (await Array.fromAsync(exports.rows(id))).map(({ action }) => action);
    };

    expect(await actions({ actions: ['post.delete'] })).toEqual(['post.delete']);
    expect(await actions({ actorIds: ['user_ada'], actorNames: ['Ada Lovelace'] })).toHaveLength(3);
    expect(await actions({ targets: ['post'], actions: [] })).toHaveLength(3);
    expect(await failure(create({ actorIds: ['user_bob'] }))).toMatchObject({ code: 'export_empty' });
    expect(await failure(create({ targets: ['team'] }))).toMatchObject({ code: 'export_empty' });
  });
});

describe('create', () => {
  test.each<[string, object, string]>([
    ['a range that runs backwards', { from: ago(1), to: ago(2) }, 'is not before `to`'],
    ['a range of no length', { from: new Date(5 * DAY), to: new Date(5 * DAY) }, 'is not before `to`'],
    ['an end in the future', { from: ago(1), to: ago(-1) }, 'is in the future'],
    ['a start long ago', { from: ago(94), to: ago(90) }, 'is more than three months ago'],
    ['a date that is none', { from: new Date('x') }, '`from` is an invalid Date; give a valid Date'],
    ['a text for a date', { to: '2026-11-01' }, '`to` is "2026-11-01"; give a valid Date'],
    ['a text for a list', { actions: 'post.create' }, '`actions` is "post.create"; give a list of texts'],
    ['no organization', { organizationId: ' ' }, '`organizationId` is " "'],
  ])('refuses %s before WorkOS is asked', async (_, wrong, words) => {
    const { create, workos } = await start(0);

    const error = await create(wrong as never).catch((thrown: unknown) => thrown as Error);

    expect(error).toBeInstanceOf(AuditUsageError);
    expect((error as Error).message).toContain(words);
    expect(workos.requests).toEqual([]);
  });

  test('names every fault at once, and takes three months', async () => {
    const { create } = await start(1);

    await expect(create({ organizationId: '', to: ago(-2), targets: [1] as never })).rejects.toThrow(
      /organizationId.*future.*targets/,
    );
    await expect(create({ from: ago(92) })).resolves.toMatchObject({ id: expect.any(String) as string });
  });

  test.each<[string, object, string, string]>([
    ['an empty one', { message: 'Export failed: no audit log events found.' }, 'export_empty', 'No event matches'],
    [
      'a range',
      { message: 'Invalid date range', code: 'invalid_audit_log_export_range_date' },
      'export_range',
      'within the past three months',
    ],
    ['a range in words', { message: ['Invalid date range'], error: 'Bad Request' }, 'export_range', 'HTTP 400'],
    ['an organization', { message: "Organization not found: 'org_local'." }, 'organization_not_found', 'org_…'],
    ['something else', { message: ['no way'], error: 'Bad Request' }, 'refused', 'no way Bad Request (HTTP 400)'],
  ])('explains that WorkOS refuses %s', async (_, body, code, words) => {
    const { create, workos } = await start(1);
    workos.fail({ path: '/audit_logs/exports', status: 400, body });

    const thrown = await failure(create());

    expect(thrown).toMatchObject({ code, status: 400 });
    expect(thrown.message).toContain(words);
  });

  test.each<[string, object, string]>([
    ['401', { status: 401 }, 'unauthorized'],
    ['404', { status: 404 }, 'organization_not_found'],
    ['429', { status: 429 }, 'throttled'],
    ['503', { status: 503 }, 'unavailable'],
    ['another answer', { status: 201, body: {} }, 'unexpected'],
  ])('is asked once and explains %s', async (_, fault, code) => {
    const { create, workos } = await start(1);
    workos.fail({ path: '/audit_logs/exports', ...fault });

    expect(await failure(create())).toMatchObject({ code });

    expect(paths(workos, '/audit_logs/exports')).toHaveLength(1);
  });

  test('is told of an organization that nobody knows', async () => {
    const { create } = await start(1);

    const thrown = await failure(create({ organizationId: 'org_x' }));

    expect(thrown.code).toBe('organization_not_found');
  });
});

describe('the id of an export', () => {
  test.each([undefined, '', 'a/../b', 'x?y'])('that is %j is refused before WorkOS is asked', async (id) => {
    const { exports, workos } = await start(0);
    const wrong = id as string;

    await expect(exports.get(wrong)).rejects.toThrow(AuditUsageError);
    await expect(exports.wait(wrong)).rejects.toThrow('wait(): the id of the export');
    await expect(exports.stream(wrong)).rejects.toThrow(AuditUsageError);
    await expect(Array.fromAsync(exports.rows(wrong))).rejects.toThrow(AuditUsageError);
    expect(workos.requests).toEqual([]);
  });

  test('that nobody knows is told so', async () => {
    const { exports } = await start(0);

    expect(await failure(exports.get('audit_log_export_x'))).toMatchObject({ code: 'export_not_found' });
    expect(await failure(exports.wait('audit_log_export_x'))).toMatchObject({ code: 'export_not_found' });
    expect(await failure(exports.stream('audit_log_export_x'))).toMatchObject({ code: 'export_not_found' });
  });
});
