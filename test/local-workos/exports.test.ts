import type { WorkOS } from '@workos-inc/node';
import { parse } from 'csv-parse/sync';
import { describe, expect, it, vi } from 'vitest';
import type { LocalWorkOS } from '../../src/testing/index.js';
import { read, sdk, sdkEvent, send, start } from './support.js';

const RANGE = { rangeStart: new Date('2026-11-20T00:00:00Z'), rangeEnd: new Date('2026-11-21T00:00:00Z') };
const WIRE = { organization_id: 'org_local', range_start: '2026-11-20T00:00:00Z', range_end: '2026-11-21T00:00:00Z' };

/** Three events of three actions, actors and target types, one of them on another day. */
async function filled(): Promise<{ workos: LocalWorkOS; client: WorkOS }> {
  const workos = await start({ schemas: 'open', exportDelayMs: 0 });
  workos.addOrganization({ id: 'org_other', name: 'Other' });
  const client = sdk(workos);
  const target = (type: string, extra: object = {}) => ({ id: `${type}_1`, type, ...extra });
  const ada = { id: 'u1', type: 'user', name: 'Ada', metadata: { role: 'admin' } };
  const bob = { id: 'u2', type: 'user', name: 'Bob', metadata: {} };
  await client.auditLogs.createEvent(
    'org_local',
    sdkEvent({ actor: ada, metadata: { title: 'Say "hi",\r\nthen go' } }),
  );
  await client.auditLogs.createEvent(
    'org_local',
    sdkEvent({
      action: 'post.delete',
      actor: bob,
      targets: [target('post'), target('team', { name: 'Ops', metadata: { n: 1 } })],
    }),
  );
  await client.auditLogs.createEvent(
    'org_local',
    sdkEvent({
      action: 'user.login',
      actor: { id: 'u3', type: 'user' },
      targets: [target('user')],
      occurredAt: new Date('2026-11-19T10:00:00Z'),
    }),
  );
  await client.auditLogs.createEvent('org_other', sdkEvent({ action: 'secret.read' }));
  return { workos, client };
}

async function download(url: string | undefined | null) {
  const answer = await read(await fetch(url ?? ''));
  return { ...answer, rows: parse(answer.text, { columns: true }) as Record<string, string>[] };
}

describe('an export', () => {
  it('is pending, then ready with a link to a CSV of the events', async () => {
    const { client } = await filled();

    const created = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE });
    const ready = await client.auditLogs.getExport(created.id);
    const { headers, rows, text } = await download(ready.url);

    expect(created).toMatchObject({ object: 'audit_log_export', id: expect.stringMatching(/^audit_log_export_/) });
    expect(ready).toMatchObject({ id: created.id, state: 'ready' });
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(text.split('\r\n')[0]).toBe(
      'action,occurred_at,actor_id,actor_type,actor_name,actor_metadata,context_location,context_user_agent,metadata,' +
        'target_id_1,target_type_1,target_name_1,target_metadata_1,target_id_2,target_type_2,target_name_2,target_metadata_2',
    );
    expect(rows).toEqual([
      {
        action: 'post.create',
        occurred_at: '2026-11-20T10:00:00.000Z',
        actor_id: 'u1',
        actor_type: 'user',
        actor_name: 'Ada',
        actor_metadata: '{"role":"admin"}',
        context_location: '203.0.113.7',
        context_user_agent: 'Firefox',
        metadata: String.raw`{"title":"Say \"hi\",\r\nthen go"}`,
        target_id_1: 'post_1',
        target_type_1: 'post',
        target_name_1: '',
        target_metadata_1: '{}',
        target_id_2: '',
        target_type_2: '',
        target_name_2: '',
        target_metadata_2: '',
      },
      expect.objectContaining({ action: 'post.delete', target_name_2: 'Ops', target_metadata_2: '{"n":1}' }),
    ]);
  });

  it('quotes commas, quotes and line breaks as RFC 4180 says', async () => {
    const { client } = await filled();
    const name = 'O"Neil, Ada\nsecond line';
    await client.auditLogs.createEvent(
      'org_local',
      sdkEvent({ action: 'x.y', actor: { id: 'u9', type: 'user', name } }),
    );

    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE, actions: ['x.y'] });
    const { text, rows } = await download((await client.auditLogs.getExport(id)).url);

    expect(text).toContain('"O""Neil, Ada\nsecond line"');
    expect(rows.map((row) => row['actor_name'])).toEqual([name]);
  });

  it('has no link while it is pending', async () => {
    const workos = await start({ schemas: 'open', exportDelayMs: 60_000 });
    const client = sdk(workos);
    await client.auditLogs.createEvent('org_local', sdkEvent());

    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE });

    expect(await client.auditLogs.getExport(id)).toMatchObject({ state: 'pending', url: null });
  });

  it.each<[string, object, string[]]>([
    ['actions', { actions: ['post.delete'] }, ['post.delete']],
    ['several actions', { actions: ['post.delete', 'post.create'] }, ['post.create', 'post.delete']],
    ['names of actors', { actorNames: ['Ada'] }, ['post.create']],
    ['ids of actors', { actorIds: ['u2'] }, ['post.delete']],
    ['types of targets', { targets: ['team'] }, ['post.delete']],
    ['all of them', { actions: ['post.create'], actorIds: ['u1'], targets: ['post'] }, ['post.create']],
    ['empty lists, which filter nothing', { actions: [], targets: [] }, ['post.create', 'post.delete']],
    [
      'another range',
      { rangeStart: new Date('2026-11-19T10:00:00Z'), rangeEnd: new Date('2026-11-19T11:00:00Z') },
      ['user.login'],
    ],
  ])('filters by %s', async (_, filter, actions) => {
    const { client } = await filled();

    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE, ...filter });
    const { rows } = await download((await client.auditLogs.getExport(id)).url);

    expect(rows.map((row) => row['action'])).toEqual(actions);
  });

  it('keeps what matched when it was asked for', async () => {
    const { client } = await filled();
    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE });
    await client.auditLogs.createEvent('org_local', sdkEvent({ action: 'too.late' }));

    const { rows } = await download((await client.auditLogs.getExport(id)).url);

    expect(rows.map((row) => row['action'])).toEqual(['post.create', 'post.delete']);
  });
});

describe('the download link', () => {
  it('works without the API key for ten minutes; fetching the export again makes a new one', async () => {
    const { client } = await filled();
    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE });
    const { url } = await client.auditLogs.getExport(id);

    expect((await fetch(url ?? '')).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 + 1 });
    try {
      expect((await fetch(url ?? '')).status).toBe(403);
      expect((await fetch((await client.auditLogs.getExport(id)).url ?? '')).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ['another signature', /signature=.{4}/, 'signature=AAAA'],
    ['a later expiry', /expires=\d/, 'expires=9'],
    ['another export', /audit_log_export_\w{4}/, 'audit_log_export_0000'],
    ['no signature', /&signature=.*/, ''],
  ])('is refused with %s', async (_, part, replacement) => {
    const { client } = await filled();
    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE });
    const { url } = await client.auditLogs.getExport(id);
    const forged = (url ?? '').replace(part, replacement);

    expect(forged).not.toBe(url);
    expect((await fetch(forged)).status).toBe(403);
  });
});

describe('a download', () => {
  async function ready() {
    const { workos, client } = await filled();
    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE });
    const { url } = await client.auditLogs.getExport(id);
    return { workos, url: url ?? '' };
  }

  it('can go on in the middle, if the file is still the same', async () => {
    const { url } = await ready();
    const whole = await read(await fetch(url));
    const etag = whole.headers.get('etag') ?? '';
    const part = async (headers: Record<string, string>) => read(await fetch(url, { headers }));

    const rest = await part({ range: 'bytes=100-', 'if-range': etag });
    expect([rest.status, rest.text]).toEqual([206, whole.text.slice(100)]);
    expect(rest.headers.get('content-range')).toBe(`bytes 100-${whole.text.length - 1}/${whole.text.length}`);
    expect((await part({ range: 'bytes=100-', 'if-range': '"another"' })).text).toBe(whole.text);
    expect((await part({ range: 'bytes=0-5' })).text).toBe(whole.text);
    const beyond = await part({ range: `bytes=${whole.text.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.text.length}`]);
  });

  it('can be cut after some bytes', async () => {
    const { workos, url } = await ready();
    workos.fail({ path: /^\/_exports\//, cutAfterBytes: 100, times: 1 });

    const cut = await fetch(url);

    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow('terminated');
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('setExports', () => {
  it.each(['error', 'expired'] as const)('ends exports in state %s, those that are there too', async (outcome) => {
    const { workos, client } = await filled();
    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE });
    expect(await client.auditLogs.getExport(id)).toMatchObject({ state: 'ready' });

    workos.setExports({ outcome });

    expect(await client.auditLogs.getExport(id)).toMatchObject({ state: outcome, url: null });
    workos.setExports({ delayMs: Infinity });
    expect(await client.auditLogs.getExport(id)).toMatchObject({ state: 'pending', url: null });
    workos.setExports({ delayMs: 0, outcome: 'ready' });
    expect(await client.auditLogs.getExport(id)).toMatchObject({ state: 'ready', url: expect.any(String) });
  });

  it('makes links that work for as long as it says', async () => {
    const { workos, client } = await filled();
    const { id } = await client.auditLogs.createExport({ organizationId: 'org_local', ...RANGE });

    workos.setExports({ linkMs: 0 });
    expect((await fetch((await client.auditLogs.getExport(id)).url ?? '')).status).toBe(403);
    workos.setExports({ linkMs: 60_000 });
    expect((await fetch((await client.auditLogs.getExport(id)).url ?? '')).status).toBe(200);
  });
});

describe('an export that cannot be', () => {
  it.each<[string, object, object]>([
    [
      'a range that ends before it starts',
      { range_end: '2026-11-01T00:00:00Z' },
      { message: 'Invalid date range', code: 'invalid_audit_log_export_range_date' },
    ],
    [
      'no organization',
      { organization_id: undefined },
      { message: ['organization_id must be a string'], error: 'Bad Request' },
    ],
    [
      'dates that are none',
      { range_start: 'x', range_end: 1 },
      {
        message: ['range_start must be an ISO 8601 date string', 'range_end must be an ISO 8601 date string'],
        error: 'Bad Request',
      },
    ],
    [
      'a filter that is no list',
      { actions: 'a' },
      { message: ['each value in actions must be a string'], error: 'Bad Request' },
    ],
    ['an unknown organization', { organization_id: 'org_none' }, { message: "Organization not found: 'org_none'." }],
    ['nothing to export', { actions: ['no.such'] }, { message: 'Export failed: no audit log events found.' }],
  ])('with %s is a 400', async (_, overrides, body) => {
    const { workos } = await filled();

    const answer = await send(workos, 'POST', '/audit_logs/exports', { ...WIRE, ...overrides });

    expect([answer.status, answer.json]).toEqual([400, body]);
  });

  it('for nothing at all is a 400', async () => {
    const workos = await start();
    expect((await send(workos, 'POST', '/audit_logs/exports', 'null')).status).toBe(400);
  });

  it('that nobody made is a 404', async () => {
    const workos = await start();

    await expect(sdk(workos).auditLogs.getExport('audit_log_export_x')).rejects.toMatchObject({
      status: 404,
      message: "Audit Log Export not found: 'audit_log_export_x'.",
    });
  });
});
