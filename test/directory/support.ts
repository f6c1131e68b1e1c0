import { DirectoryGroupsService, type AuditModuleOptions, type DirectoryProfile } from 'nestjs-workos-audit';
import type { LocalWorkOS, LocalWorkOSOptions, RecordedRequest } from 'nestjs-workos-audit/testing';
import { startLocalWorkOS, TestApp, type TestAppOptions } from '../support/test-app.js';

export const seed = {
  organizations: [
    { id: 'org_acme', name: 'Acme' },
    { id: 'org_bare', name: 'Without a directory' },
  ],
  directories: [{ id: 'directory_acme', organizationId: 'org_acme', name: 'Acme directory' }],
  groups: [
    { id: 'group_eng', name: 'Engineering' },
    { id: 'group_sec', name: 'Security' },
  ],
  people: [
    {
      email: 'ada@acme.example',
      idpId: 'idp_ada',
      directoryUserId: 'directory_user_ada',
      groups: ['group_eng', 'group_sec'],
    },
    { email: 'alan@acme.example', idpId: 'idp_alan', directoryUserId: 'directory_user_alan', groups: ['group_eng'] },
  ],
};

export const ada: DirectoryProfile = {
  organizationId: 'org_acme',
  idpId: 'idp_ada',
  email: 'ada@acme.example',
  groups: ['from the IdP'],
};
export const alan: DirectoryProfile = { organizationId: 'org_acme', idpId: 'idp_alan', email: 'alan@acme.example' };

export const engineering = { id: 'group_eng', name: 'Engineering' };
export const security = { id: 'group_sec', name: 'Security' };
/** What there is where the directory gives no answer. */
export const fromProfile = [{ id: 'from the IdP', name: 'from the IdP' }];

export interface Directory {
  readonly app: TestApp;
  readonly workos: LocalWorkOS;
  readonly groups: DirectoryGroupsService;
  /** The paths that were asked of Directory Sync. */
  asked(): string[];
  requests(): RecordedRequest[];
}

/** The service in an application, on a LocalWorkOS with a directory. */
export async function startDirectory(
  directory: AuditModuleOptions['directory'] = {},
  local: LocalWorkOSOptions = {},
  options: TestAppOptions = {},
): Promise<Directory> {
  const workos = await startLocalWorkOS({ seed, ...local });
  // Longer than a busy machine takes, where nothing else is said.
  const patient = { timeoutMs: 15_000, ...directory };
  const app = await TestApp.start({ workos, audit: { directory: patient, ...options.audit }, ...options });
  const requests = () => workos.requests.filter(({ path }) => path.startsWith('/director'));
  return {
    app,
    workos,
    groups: app.nest.get(DirectoryGroupsService),
    requests,
    asked: () => requests().map(({ path }) => path),
  };
}
