import { describe, expect, it } from 'vitest';
import { post, sdk, send, start, wireEvent } from './support.js';

describe('organizations', () => {
  it('can be read, made and listed by the SDK', async () => {
    const workos = await start({ seed: { organizations: [{ id: 'org_1', name: 'Acme', domains: ['acme.example'] }] } });
    const client = sdk(workos);

    const created = await client.organizations.createOrganization({
      name: 'Globex',
      externalId: 'g-1',
      metadata: { tier: 'gold' },
    });
    const list = await client.organizations.listOrganizations();

    expect(created).toMatchObject({
      object: 'organization',
      name: 'Globex',
      externalId: 'g-1',
      metadata: { tier: 'gold' },
    });
    expect(created.id).toMatch(/^org_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(list.data.map(({ name }) => name)).toEqual(['Globex', 'Acme']);
    expect(await client.organizations.getOrganization('org_1')).toMatchObject({
      name: 'Acme',
      domains: [{ domain: 'acme.example', state: 'verified', organizationId: 'org_1' }],
    });
    expect((await client.organizations.listOrganizations({ domains: ['acme.example'] })).data).toHaveLength(1);
  });

  it('can be found by a part of their name', async () => {
    const workos = await start({ seed: { organizations: [{ name: 'Acme' }, { name: 'Globex' }] } });

    expect((await send(workos, 'GET', '/organizations?search=glo')).json).toMatchObject({ data: [{ name: 'Globex' }] });
  });

  it('take events as soon as they are there', async () => {
    const workos = await start({ schemas: 'open' });
    const { id } = workos.addOrganization({ name: 'New' });

    const answer = await send(workos, 'POST', '/audit_logs/events', { organization_id: id, event: wireEvent() });

    expect(answer.status).toBe(200);
  });

  it('that nobody made are a 404', async () => {
    const workos = await start();

    expect((await send(workos, 'GET', '/organizations/org_x')).json).toEqual({
      message: "Organization not found: 'org_x'.",
    });
  });

  it.each<[string, unknown]>([
    ['no name', {}],
    ['an empty name', { name: '' }],
    ['domains that are no list', { name: 'A', domains: 'a.example' }],
    ['domain data that is no list', { name: 'A', domain_data: {} }],
    ['domain data of another shape', { name: 'A', domain_data: [{ domain: 'a.example' }] }],
    ['a numeric external id', { name: 'A', external_id: 1 }],
    ['metadata of numbers', { name: 'A', metadata: { a: 1 } }],
    ['an array', []],
  ])('with %s are a 422', async (_, body) => {
    const workos = await start();

    expect((await send(workos, 'POST', '/organizations', body)).status).toBe(422);
  });
});

describe('retention', () => {
  const path = '/organizations/org_local/audit_logs_retention';

  it('is not set at first, and set by the SDK in months and years', async () => {
    const client = sdk(await start());
    const of = { id: 'org_local' };

    expect(await client.auditLogs.getOrganizationAuditLogsRetention(of)).toEqual({ retentionPeriodInDays: null });
    expect(
      await client.auditLogs.updateOrganizationAuditLogsRetention({ ...of, retentionPeriod: '11_MONTHS' }),
    ).toEqual({ retentionPeriodInDays: 330 });
    expect(await client.auditLogs.getOrganizationAuditLogsRetention(of)).toEqual({ retentionPeriodInDays: 330 });
  });

  it.each<[object, number]>([
    [{ retention_period_in_days: 30 }, 30],
    [{ retention_period_in_days: 365 }, 365],
    [{ retention_period: '1_MONTH' }, 30],
    [{ retention_period: '10_MONTHS' }, 300],
    [{ retention_period: '1_YEAR' }, 365],
    [{ retention_period: '10_YEARS' }, 3650],
  ])('%j is taken', async (body, days) => {
    const answer = await send(await start(), 'PUT', path, body);

    expect([answer.status, answer.json]).toEqual([200, { retention_period_in_days: days }]);
  });

  it.each<[unknown]>([
    [{ retention_period_in_days: 31 }],
    [{ retention_period_in_days: '30' }],
    [{ retention_period: '12_MONTHS' }],
    [{ retention_period: '1_YEARS' }],
    [{ retention_period: '11_YEARS' }],
    [{ retention_period: ['1_YEAR', 'x'] }],
    [{}],
    [[]],
  ])('%j is a 422', async (body) => {
    expect((await send(await start(), 'PUT', path, body)).status).toBe(422);
  });

  it('of an unknown organization is a 404', async () => {
    const workos = await start();
    const unknown = path.replace('org_local', 'org_x');

    expect((await send(workos, 'GET', unknown)).status).toBe(404);
    expect((await send(workos, 'PUT', unknown, {})).status).toBe(404);
  });
});

describe('the configuration', () => {
  it('names retention, state and log stream', async () => {
    const workos = await start({
      schemas: 'open',
      seed: {
        organizations: [
          {
            id: 'org_local',
            name: 'A',
            retentionDays: 365,
            auditLogs: 'inactive',
            logStream: { type: 'Datadog', state: 'error' },
          },
          { id: 'org_plain', name: 'B' },
        ],
      },
    });
    const read = async (id: string) => (await send(workos, 'GET', `/organizations/${id}/audit_log_configuration`)).json;
    const stream = { id: expect.stringMatching(/^als_/), type: 'Datadog', state: 'error' };

    expect(await read('org_plain')).toEqual({
      organization_id: 'org_plain',
      retention_period_in_days: 30,
      state: 'active',
    });
    expect(await read('org_local')).toMatchObject({
      organization_id: 'org_local',
      retention_period_in_days: 365,
      state: 'inactive',
      log_stream: { ...stream, last_synced_at: null },
    });
    await post(workos, wireEvent());
    expect(await read('org_local')).toMatchObject({
      log_stream: { ...stream, last_synced_at: workos.events[0]?.receivedAt.toISOString() },
    });
    expect(await read('org_x')).toEqual({ message: "Organization not found: 'org_x'." });
  });
});
