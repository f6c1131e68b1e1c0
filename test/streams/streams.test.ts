import { inspect } from 'node:util';
import { AuditLogStreams, AuditModule, AuditUsageError, AuditWorkOSError } from 'nestjs-workos-audit';
import type { LocalWorkOS } from 'nestjs-workos-audit/testing';
import { describe, expect, test } from 'vitest';
import { auditOptions, startLocalWorkOS, TestApp } from '../support/test-app.js';

async function start(workos?: LocalWorkOS): Promise<{ streams: AuditLogStreams; workos: LocalWorkOS }> {
  const app = await TestApp.start({ workos });
  return { streams: app.nest.get(AuditLogStreams), workos: app.workos };
}

const there = { organizationId: 'org_local', returnUrl: 'https://app.example/settings' };

/** What a call rejects with. */
async function failure(call: Promise<unknown>): Promise<AuditWorkOSError> {
  const error = await call.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toBeInstanceOf(AuditWorkOSError);
  return error as AuditWorkOSError;
}

describe('setupLink', () => {
  test('leads to the Admin Portal, for the stream or the trail', async () => {
    const { streams, workos } = await start();

    const link = await streams.setupLink(there);
    await streams.setupLink({ ...there, intent: 'audit_logs', successUrl: new URL('http://localhost:3000/done') });

    expect(link).toMatch(`${workos.url}/portal/launch?token=`);
    expect((await fetch(link)).status).toBe(200);
    expect(workos.requests.filter(({ path }) => path === '/portal/generate_link').map(({ body }) => body)).toEqual([
      { organization: 'org_local', intent: 'log_streams', return_url: 'https://app.example/settings' },
      {
        organization: 'org_local',
        intent: 'audit_logs',
        return_url: 'https://app.example/settings',
        success_url: 'http://localhost:3000/done',
      },
    ]);
  });

  test.each<[string, object]>([
    ['http elsewhere', { returnUrl: 'http://app.example/settings' }],
    ['a host that only begins like this machine', { returnUrl: 'http://127.0.0.1.evil.example/' }],
    ['a path alone, as a Host header would complete it', { returnUrl: '/settings' }],
    ['a script', { returnUrl: 'javascript:alert(1)' }],
    ['nothing', { returnUrl: undefined }],
    ['a password', { returnUrl: 'https://a:b@app.example/' }],
    ['a user name', { returnUrl: 'https://app.example@evil.example/' }],
    ['an unsafe successUrl', { successUrl: 'http://app.example/' }],
    ['another intent', { intent: 'sso' }],
    ['no organization', { organizationId: '' }],
    ['an organization that is none', { organizationId: undefined }],
  ])('refuses %s and asks nothing of WorkOS', async (_, wrong) => {
    const { streams, workos } = await start();

    const call = streams.setupLink({ ...there, ...wrong });

    await expect(call).rejects.toThrow(AuditUsageError);
    await expect(call).rejects.toThrow(`\`${Object.keys(wrong)[0]}\``);
    expect(workos.requests).toEqual([]);
  });

  test.each<[string, object, Partial<AuditWorkOSError>, string]>([
    ['401', { status: 401 }, { code: 'unauthorized', status: 401 }, 'secret key (sk_…)'],
    ['403', { status: 403 }, { code: 'portal_not_enabled', status: 403 }, 'Dashboard → Admin Portal'],
    ['422', { status: 422, body: { message: 'no such' } }, { code: 'refused' }, 'no such (HTTP 422)'],
    ['429', { status: 429 }, { code: 'throttled' }, '6,000 requests a minute'],
    ['503', { status: 503 }, { code: 'unavailable' }, 'Try again'],
    ['HTML', { status: 502, body: '<html>' }, { code: 'unavailable' }, 'no JSON'],
    ['a page of a proxy', { status: 200, body: '<html>' }, { code: 'unavailable' }, 'no JSON'],
    ['another JSON', { status: 201, body: { ok: true } }, { code: 'unexpected' }, 'not what WorkOS documents'],
    ['a script as link', { status: 201, body: { link: 'javascript:alert(1)' } }, { code: 'unexpected' }, '"link"'],
    ['a connection that is cut', { reset: 'before' }, { code: 'unavailable' }, 'Check the network'],
    ['no answer', { hang: true }, { code: 'unavailable' }, 'did not answer within 1000 ms'],
  ])('explains %s', async (_, fault, error, words) => {
    const { streams, workos } = await start();
    workos.fail({ path: '/portal/generate_link', ...fault });

    const thrown = await failure(streams.setupLink(there));

    expect(thrown).toMatchObject({
      code: error.code,
      ...(error.status && { status: error.status }),
    });
    expect(thrown.message).toContain("The Admin Portal link of 'org_local': ");
    expect(thrown.message).toContain(words);
    expect(thrown.message).not.toContain(workos.apiKey);
    expect(workos.requests).toHaveLength(1);
  });

  test('never shows the API key, whatever WorkOS answers', async () => {
    const { streams, workos } = await start();
    workos.fail({ path: /./, status: 422, body: { message: `the key ${workos.apiKey} is not for this` } });

    expect((await failure(streams.setupLink(there))).message).toContain('the key [api key] is not for this');
    expect((await failure(streams.setRetention('org_local', 30))).message).not.toContain(workos.apiKey);
    expect(inspect(streams, { depth: 5 })).not.toContain(workos.apiKey);
  });

  test('explains an organization that is none', async () => {
    const { streams } = await start();

    const thrown = await failure(streams.setupLink({ ...there, organizationId: 'org_x' }));

    expect(thrown).toMatchObject({ code: 'organization_not_found', status: 404 });
    expect(thrown.message).toContain("Organization not found: 'org_x' (HTTP 404). Give the organization's id (org_…)");
  });
});

describe('status', () => {
  test('is that of the audit log and its stream', async () => {
    const workos = await startLocalWorkOS({
      seed: {
        organizations: [
          { id: 'org_local', name: 'Plain' },
          { id: 'org_dog', name: 'Dog', retentionDays: 365, logStream: { type: 'Datadog' } },
          { id: 'org_off', name: 'Off', auditLogs: 'inactive', logStream: { type: 'S3', state: 'inactive' } },
        ],
      },
    });
    const { streams } = await start(workos);

    expect(await streams.status('org_local')).toEqual({
      organizationId: 'org_local',
      state: 'active',
      logStream: null,
      retentionPeriodInDays: 30,
      problem: null,
    });
    expect(await streams.status('org_dog')).toEqual({
      organizationId: 'org_dog',
      state: 'active',
      logStream: {
        id: expect.stringMatching(/^als_/) as string,
        type: 'Datadog',
        state: 'active',
        lastSyncedAt: null,
        createdAt: expect.any(Date) as Date,
      },
      retentionPeriodInDays: 365,
      problem: null,
    });
    expect(await streams.status('org_off')).toMatchObject({
      state: 'inactive',
      logStream: { state: 'inactive' },
      problem: null,
    });
  });

  test.each(['error', 'invalid'] as const)('of a stream in state %s says what that means', async (state) => {
    const workos = await startLocalWorkOS({
      seed: { organizations: [{ id: 'org_local', name: 'A', logStream: { type: 'Splunk', state } }] },
    });
    const { streams } = await start(workos);

    const { problem } = await streams.status('org_local');

    expect(problem).toContain(`the Splunk stream is in state '${state}': events are accepted but do not reach it`);
    expect(problem).toContain('none has ever arrived');
    expect(problem).toContain('AuditLogStreams.setupLink()');
  });

  test('takes types and states that are not known yet, and fields that are missing', async () => {
    const { streams, workos } = await start();
    const answer = (body: unknown) => workos.fail({ path: /configuration$/, status: 200, body, times: 1 });

    answer({ state: 'paused', log_stream: { id: 'als_1', type: 'Kafka', state: 'draining' } });
    expect(await streams.status('org_local')).toEqual({
      organizationId: 'org_local',
      state: 'paused',
      retentionPeriodInDays: null,
      logStream: { id: 'als_1', type: 'Kafka', state: 'draining', lastSyncedAt: null, createdAt: null },
      problem: null,
    });
    answer({ state: 'active', log_stream: null });
    expect(await streams.status('org_local')).toMatchObject({ logStream: null });
    answer({ state: 'active', log_stream: 'x' });
    expect(await failure(streams.status('org_local'))).toMatchObject({ code: 'unexpected' });
    answer([]);
    expect(await failure(streams.status('org_local'))).toMatchObject({ code: 'unexpected' });
    answer(null);
    expect(await failure(streams.status('org_local'))).toMatchObject({ code: 'unexpected' });
  });

  test('explains what goes wrong', async () => {
    const { streams, workos } = await start();

    expect(await failure(streams.status('org_x'))).toMatchObject({ code: 'organization_not_found' });
    expect(await failure(streams.status('../sso/../x?y'))).toMatchObject({ code: 'organization_not_found' });
    expect(workos.requests.at(-1)?.path).toBe('/organizations/..%2Fsso%2F..%2Fx%3Fy/audit_log_configuration');
    await workos.stop();
    const thrown = await failure(streams.status('org_local'));
    expect(thrown).toMatchObject({ code: 'unavailable' });
    expect(thrown.message).toMatch(/'org_local': fetch failed.*\. Check the network/);
  });
});

describe('retention', () => {
  test('is read and set, in both spellings that WorkOS has', async () => {
    const { streams, workos } = await start();

    expect(await streams.retention('org_local')).toBeNull();
    for (const days of [30, 60, 330, 365, 730, 3650]) {
      expect(await streams.setRetention('org_local', days)).toBe(days);
      expect(await streams.retention('org_local')).toBe(days);
    }
    expect(workos.requests.filter(({ method }) => method === 'PUT').map(({ body }) => body)).toEqual([
      { retention_period_in_days: 30 },
      { retention_period: '2_MONTHS' },
      { retention_period: '11_MONTHS' },
      { retention_period_in_days: 365 },
      { retention_period: '2_YEARS' },
      { retention_period: '10_YEARS' },
    ]);
  });

  test.each([400, 422])('is set in the other spelling where the first one is refused with %i', async (status) => {
    const { streams, workos } = await start();
    workos.fail({ method: 'PUT', path: /retention$/, status, times: 1 });

    expect(await streams.setRetention('org_local', 365)).toBe(365);

    expect(workos.requests.map(({ body }) => body)).toEqual([
      { retention_period_in_days: 365 },
      { retention_period: '1_YEAR' },
    ]);
  });

  test('that is refused in both is told in the words of the first', async () => {
    const { streams, workos } = await start();
    workos.fail({ method: 'PUT', path: /retention$/, status: 422, body: { message: 'first' }, times: 1 });
    workos.fail({ method: 'PUT', path: /retention$/, status: 422, body: { message: 'second' }, times: 1 });

    const thrown = await failure(streams.setRetention('org_local', 30));

    expect(thrown).toMatchObject({ code: 'refused' });
    expect(thrown.message).toContain('first (HTTP 422)');
    expect(workos.requests).toHaveLength(2);
  });

  test.each([0, 1, 29, 45, 360, 3651, 4015, -30, 30.5, Number.NaN, Infinity, '30', undefined])(
    'of %s days is refused before WorkOS is asked',
    async (days) => {
      const { streams, workos } = await start();

      await expect(streams.setRetention('org_local', days as number)).rejects.toThrow(AuditUsageError);

      expect(workos.requests).toEqual([]);
    },
  );

  test('that WorkOS stores otherwise is an error', async () => {
    const { streams, workos } = await start();
    workos.fail({ method: 'PUT', path: /retention$/, status: 200, body: { retention_period_in_days: 30 } });

    expect(await failure(streams.setRetention('org_local', 365))).toMatchObject({ code: 'unexpected' });
  });

  test('explains what goes wrong', async () => {
    const { streams, workos } = await start();

    expect(await failure(streams.retention('org_x'))).toMatchObject({ code: 'organization_not_found' });
    expect(await failure(streams.setRetention('org_x', 30))).toMatchObject({ code: 'organization_not_found' });
    workos.fail({ path: /retention$/, status: 200, body: { days: 3 } });
    expect(await failure(streams.retention('org_local'))).toMatchObject({ code: 'unexpected' });
  });
});

describe('the client', () => {
  async function streamsWith(client: object, workos: LocalWorkOS): Promise<AuditLogStreams> {
    const audit = AuditModule.forRoot(auditOptions(workos, { workos: { client: client as never } }));
    const app = await TestApp.start({ workos, imports: [audit] });
    return app.nest.get(AuditLogStreams);
  }

  test('that is a stand-in without these methods is told which one it needs', async () => {
    const workos = await startLocalWorkOS();
    const streams = await streamsWith({ auditLogs: { createEvent: () => Promise.resolve() } }, workos);

    const thrown = await streams.setupLink(there).catch((error: unknown) => error as Error);
    expect(thrown).toBeInstanceOf(AuditUsageError);
    expect((thrown as Error).message).toContain('a stand-in that has no adminPortal.generateLink()');
    await expect(streams.status('org_local')).rejects.toThrow('has no get()');
    await expect(streams.setRetention('org_local', 30)).rejects.toThrow('has no put()');
  });

  test('that is a stand-in with them is used as it is', async () => {
    const workos = await startLocalWorkOS();
    const client = {
      auditLogs: { createEvent: () => Promise.resolve() },
      adminPortal: { generateLink: () => Promise.resolve({ link: 'https://setup.workos.com?token=x' }) },
      get: () => Promise.reject(Object.assign(new Error('gone'), { status: 404 })),
    };
    const streams = await streamsWith(client, workos);

    expect(await streams.setupLink(there)).toBe('https://setup.workos.com?token=x');
    expect(await failure(streams.status('org_local'))).toMatchObject({ code: 'organization_not_found' });
  });
});
