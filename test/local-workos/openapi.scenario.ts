import type { WorkOS } from '@workos-inc/node';
import type { LocalWorkOS } from '../../src/testing/index.js';
import { sdkEvent } from './support.js';

/** Speaks every supported endpoint once with success and once for each error, by the SDK wherever it has a method. */
export async function scenario(workos: LocalWorkOS, client: WorkOS): Promise<void> {
  seed(workos);
  await audits(workos, client);
  await refusedEvents(workos, client);
  await organizations(workos, client);
  await directories(client);
  await signIn(workos, client);
  await authKit(workos, client);
}

function seed(workos: LocalWorkOS): void {
  workos.addOrganization({ id: 'org_1', name: 'Acme', domains: ['acme.example'], logStream: { type: 'Datadog' } });
  workos.addDirectory({ id: 'directory_1', organizationId: 'org_1', name: 'Acme Okta' });
  workos.addGroup({ id: 'directory_group_1', name: 'Engineering' });
  workos.addPerson({
    email: 'ada@acme.example',
    firstName: 'Ada',
    organizationId: 'org_1',
    idpId: 'idp-ada',
    directoryUserId: 'directory_user_1',
    groups: ['directory_group_1'],
    profileGroups: ['Engineering'],
    role: 'admin',
  });
  workos.addPerson({ email: 'bob@acme.example', organizationId: 'org_1' });
}

/** Runs what must be refused. */
async function refused(...calls: Promise<unknown>[]): Promise<void> {
  for (const { status } of await Promise.allSettled(calls)) {
    if (status === 'fulfilled') throw new Error('a call succeeded that should have been refused');
  }
}

async function audits(workos: LocalWorkOS, client: WorkOS): Promise<void> {
  const { auditLogs } = client;
  await auditLogs.createSchema({
    action: 'post.create',
    targets: [{ type: 'post', metadata: { title: 'string' } }],
    metadata: { count: 'number' },
  });
  await auditLogs.createSchema({ action: 'post.create', targets: [{ type: 'post' }, { type: 'user' }] });
  workos.defineSchema('post.delete', { targets: ['post'] });
  await auditLogs.listSchemas('post.create', { limit: 1 });
  await client.get('/audit_logs/actions', { query: { order: 'asc' } });
  await auditLogs.createEvent('org_1', sdkEvent({ version: 1, metadata: { count: 1, other: 'x', yes: true } }));
  const range = { rangeStart: new Date('2026-11-20T00:00:00Z'), rangeEnd: new Date('2026-11-21T00:00:00Z') };
  const { id } = await auditLogs.createExport({
    organizationId: 'org_1',
    ...range,
    actions: ['post.create'],
    targets: ['post'],
  });
  // 'expired' is newer than the document.
  for (const outcome of ['ready', 'error'] as const) {
    workos.setExports({ outcome });
    await auditLogs.getExport(id);
  }
  workos.setExports({ outcome: 'ready' });
  await refused(
    auditLogs.createExport({ organizationId: 'org_1', rangeStart: range.rangeEnd, rangeEnd: range.rangeStart }),
    auditLogs.createExport({ organizationId: 'org_1', ...range, actions: ['no.such'] }),
    client.post('/audit_logs/exports', {}),
    auditLogs.getExport('audit_log_export_x'),
    auditLogs.createSchema({ action: 'a.b', targets: [] }),
    client.post('/audit_logs/actions/a.b/schemas', {}),
    auditLogs.listSchemas('no.such'),
    auditLogs.listSchemas('post.create', { limit: 0 }),
    client.get('/audit_logs/actions', { query: { limit: 0 } }),
    client.get('/audit_logs/actions', { accessToken: 'sk_wrong' }),
  );
}

async function refusedEvents(workos: LocalWorkOS, client: WorkOS): Promise<void> {
  const create = (overrides: object, organization = 'org_1') =>
    client.auditLogs.createEvent(organization, sdkEvent(overrides));
  await refused(
    create({ action: 'no.such' }),
    create({ targets: [{ id: '1', type: 'team' }] }),
    create({ metadata: undefined }),
    create({ metadata: { a: 'x'.repeat(501) } }),
    create({}, 'org_x'),
    create({ metadata: { a: 'x'.repeat(70_000) } }),
    client.post('/audit_logs/events', {}),
  );
  workos.fail({ status: 429, retryAfter: 1, times: 1 });
  await refused(create({}));
}

async function organizations(workos: LocalWorkOS, client: WorkOS): Promise<void> {
  const { auditLogs } = client;
  await client.organizations.createOrganization({
    name: 'Globex',
    domainData: [],
    externalId: 'g',
    metadata: { tier: 'gold' },
  });
  await client.organizations.listOrganizations({ limit: 1 });
  await client.organizations.getOrganization('org_1');
  await auditLogs.getOrganizationAuditLogsRetention({ id: 'org_1' });
  await auditLogs.updateOrganizationAuditLogsRetention({ id: 'org_1', retentionPeriod: '1_YEAR' });
  await client.put('/organizations/org_1/audit_logs_retention', { retention_period_in_days: 30 });
  await client.get('/organizations/org_1/audit_log_configuration');
  workos.connectLogStream('org_1', { url: 'http://127.0.0.1:1/' });
  await client.get('/organizations/org_1/audit_log_configuration');
  await client.adminPortal.generateLink({
    organization: 'org_1',
    intent: 'log_streams',
    successUrl: 'https://a.example',
  });
  await client.adminPortal.generateLink({
    organization: 'org_1',
    intent: 'audit_logs',
    adminEmails: ['it@acme.example'],
  });
  await refused(
    client.organizations.listOrganizations({ limit: 0 }),
    client.organizations.getOrganization('org_x'),
    client.post('/organizations', {}),
    auditLogs.getOrganizationAuditLogsRetention({ id: 'org_x' }),
    auditLogs.updateOrganizationAuditLogsRetention({ id: 'org_x', retentionPeriod: '1_YEAR' }),
    client.put('/organizations/org_1/audit_logs_retention', {}),
    client.get('/organizations/org_x/audit_log_configuration'),
    client.adminPortal.generateLink({ organization: 'org_x', intent: 'sso' }),
    client.post('/portal/generate_link', { organization: 'org_1', intent: 'x' }),
  );
}

async function directories(client: WorkOS): Promise<void> {
  const { directorySync } = client;
  await directorySync.listDirectories({ organizationId: 'org_1' });
  await directorySync.getDirectory('directory_1');
  await directorySync.listUsers({ directory: 'directory_1', limit: 1 });
  await client.get('/directory_users', { query: { directory: 'directory_1', idp_id: 'idp-ada' } });
  await client.get('/directory_users', { query: { directory: 'directory_1', email: 'ada@acme.example' } });
  await directorySync.getUser('directory_user_1');
  await directorySync.listGroups({ user: 'directory_user_1', limit: 100 });
  await directorySync.getGroup('directory_group_1');
  await refused(
    directorySync.listDirectories({ limit: 0 }),
    directorySync.getDirectory('x'),
    directorySync.listUsers({ directory: 'x' }),
    client.get('/directory_users', { query: { idp_id: 'idp-ada' } }),
    directorySync.getUser('x'),
    directorySync.listGroups({ user: 'x' }),
    directorySync.listGroups({ limit: 0 }),
    directorySync.getGroup('x'),
  );
  const burst = Array.from({ length: 120 }, () => directorySync.listUsers({ directory: 'directory_1' }));
  const settled = await Promise.allSettled(burst);
  if (settled.every(({ status }) => status === 'fulfilled')) throw new Error('120 at once were not limited to 50');
}

async function signIn(workos: LocalWorkOS, client: WorkOS): Promise<void> {
  const ask = { clientId: workos.clientId, redirectUri: 'http://localhost:3000/cb', organization: 'org_1' };
  const { url } = await client.sso.getAuthorizationUrlWithPKCE(ask);
  for (const link of [url, url.replace(workos.clientId, 'client_x')]) {
    const { pathname, search } = new URL(link);
    await client.get(pathname + search).catch(() => undefined);
  }
  const { clientId } = workos;
  for (const email of ['ada@acme.example', 'bob@acme.example']) {
    const { accessToken } = await client.sso.getProfileAndToken({ code: workos.authorizationCode(email), clientId });
    await client.sso.getProfile({ accessToken });
  }
  await refused(
    client.sso.getProfileAndToken({ code: 'x', clientId }),
    client.sso.getProfileAndToken({ code: 'x', clientId: 'client_x' }),
    client.sso.getProfile({ accessToken: 'x' }),
  );
}

async function authKit(workos: LocalWorkOS, client: WorkOS): Promise<void> {
  const { userManagement } = client;
  const { clientId } = workos;
  const url = userManagement.getAuthorizationUrl({
    provider: 'authkit',
    redirectUri: 'http://localhost:3000/cb',
    clientId,
  });
  for (const link of [url, url.replace(clientId, 'client_x')]) {
    const { pathname, search } = new URL(link);
    await client.get(pathname + search).catch(() => undefined);
  }
  const page = await (await fetch(url)).text();
  const codes = [...page.matchAll(/href="(\/user_management[^"]+)"/g)].slice(0, 2).map(async ([, link = '']) => {
    const chosen = await fetch(workos.url + link.replaceAll('&amp;', '&'), { redirect: 'manual' });
    return new URL(chosen.headers.get('location') ?? '').searchParams.get('code') ?? '';
  });
  for (const code of await Promise.all(codes)) {
    const { refreshToken } = await userManagement.authenticateWithCode({ code, clientId });
    await userManagement.authenticateWithRefreshToken({ refreshToken, clientId });
    await refused(userManagement.authenticateWithCode({ code, clientId }));
  }
  await client.get(`/sso/jwks/${clientId}`);
  await refused(
    client.get('/sso/jwks/client_x'),
    userManagement.authenticateWithCode({ code: 'x', clientId: 'client_x' }),
    client.get('/user_management/sessions/logout'),
  );
  await client.get('/user_management/sessions/logout', { query: { session_id: 'session_x' } }).catch(() => undefined);
}
