import type { WorkOS } from '@workos-inc/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalWorkOS } from '../../src/testing/index.js';
import { type Exchange, type Finding, OpenApi, record } from './openapi.js';
import { DEVIATIONS } from './openapi.deviations.js';
import { scenario } from './openapi.scenario.js';

const openApi = new OpenApi();
let workos: LocalWorkOS;
let client: WorkOS;
let exchanges: Exchange[];
let findings: Finding[];

beforeAll(async () => {
  workos = await LocalWorkOS.start({ exportDelayMs: 0, directoryUsersPerSecond: 50 });
  ({ client, exchanges } = record(workos));
  await scenario(workos, client);
  findings = exchanges.flatMap((exchange) => openApi.findings(exchange, workos.requests));
});

afterAll(() => workos.close());

it('the scenario speaks every endpoint and every status that LocalWorkOS supports', () => {
  const spoken = exchanges.map((exchange) => `${openApi.operationOf(exchange)} ${exchange.status}`);

  expect([...new Set(spoken)].toSorted()).toEqual(
    [
      'get /audit_logs/actions 200',
      'get /audit_logs/actions 401',
      'get /audit_logs/actions 422',
      'get /audit_logs/actions/{actionName}/schemas 200',
      'get /audit_logs/actions/{actionName}/schemas 404',
      'get /audit_logs/actions/{actionName}/schemas 422',
      'post /audit_logs/actions/{actionName}/schemas 201',
      'post /audit_logs/actions/{actionName}/schemas 422',
      'post /audit_logs/events 200',
      'post /audit_logs/events 400',
      'post /audit_logs/events 404',
      'post /audit_logs/events 413',
      'post /audit_logs/events 422',
      'post /audit_logs/events 429',
      'post /audit_logs/exports 201',
      'post /audit_logs/exports 400',
      'get /audit_logs/exports/{auditLogExportId} 200',
      'get /audit_logs/exports/{auditLogExportId} 404',
      'get /directories 200',
      'get /directories 422',
      'get /directories/{id} 200',
      'get /directories/{id} 404',
      'get /directory_groups 200',
      'get /directory_groups 404',
      'get /directory_groups 422',
      'get /directory_groups/{id} 200',
      'get /directory_groups/{id} 404',
      'get /directory_users 200',
      'get /directory_users 404',
      'get /directory_users 422',
      'get /directory_users 429',
      'get /directory_users/{id} 200',
      'get /directory_users/{id} 404',
      'get /organizations 200',
      'get /organizations 422',
      'get /organizations/{id} 200',
      'get /organizations/{id} 404',
      'get /organizations/{id}/audit_log_configuration 200',
      'get /organizations/{id}/audit_log_configuration 404',
      'get /organizations/{id}/audit_logs_retention 200',
      'get /organizations/{id}/audit_logs_retention 404',
      'get /sso/authorize 200',
      'get /sso/authorize 400',
      'get /sso/profile 200',
      'get /sso/profile 401',
      'post /organizations 201',
      'post /organizations 422',
      'post /portal/generate_link 201',
      'post /portal/generate_link 404',
      'post /portal/generate_link 422',
      'post /sso/token 200',
      'post /sso/token 400',
      'get /sso/jwks/{clientId} 200',
      'get /sso/jwks/{clientId} 404',
      'get /user_management/authorize 200',
      'get /user_management/authorize 400',
      'get /user_management/sessions/logout 200',
      'get /user_management/sessions/logout 422',
      'post /user_management/authenticate 200',
      'post /user_management/authenticate 400',
      'put /organizations/{id}/audit_logs_retention 200',
      'put /organizations/{id}/audit_logs_retention 404',
      'put /organizations/{id}/audit_logs_retention 422',
    ].toSorted(),
  );
});

it('every successful request and every answer is as the OpenAPI document says, but for the known deviations', () => {
  expect(findings.filter(({ key }) => !Object.hasOwn(DEVIATIONS, key))).toEqual([]);
});

it('no known deviation is out of date', () => {
  const found = new Set(findings.map(({ key }) => key));

  expect(Object.keys(DEVIATIONS).filter((key) => !found.has(key))).toEqual([]);
});

it('the check itself finds what is wrong', () => {
  const exchange = exchanges.find(({ path, status }) => path === '/organizations/org_1' && status === 200);
  if (exchange === undefined) throw new Error('the scenario reads org_1');
  const found = (changes: Partial<Exchange>) => openApi.findings({ ...exchange, ...changes }, workos.requests);

  expect(found({})).toEqual([]);
  expect(found({ body: { object: 'organization' } })).toMatchObject([{ key: 'get /organizations/{id} 200: answer' }]);
  expect(found({ status: 418 })).toMatchObject([{ key: 'get /organizations/{id} 418: status' }]);
  expect(found({ contentType: 'text/html' })).toMatchObject([{ key: 'get /organizations/{id} 200: content type' }]);
});
