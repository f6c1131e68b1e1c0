import type { LocalWorkOSSeed } from 'nestjs-workos-audit/testing';

/**
 * Who there is on LocalWorkOS: one customer with a directory of two groups, and three people: an administrator, a member, and
 * somebody in no group.
 */
export const seed = {
  organizations: [{ id: 'org_acme', name: 'Acme', domains: ['acme.example'] }],
  directories: [{ id: 'directory_acme', organizationId: 'org_acme', name: 'Acme directory' }],
  groups: [
    { id: 'directory_group_engineering', name: 'Engineering' },
    { id: 'directory_group_security', name: 'Security' },
  ],
  people: [
    {
      email: 'ada@acme.example',
      firstName: 'Ada',
      lastName: 'Lovelace',
      idpId: 'idp_ada',
      profileId: 'prof_ada',
      userId: 'user_ada',
      directoryUserId: 'directory_user_ada',
      role: 'admin',
      groups: ['directory_group_engineering', 'directory_group_security'],
    },
    {
      email: 'grace@acme.example',
      firstName: 'Grace',
      lastName: 'Hopper',
      idpId: 'idp_grace',
      profileId: 'prof_grace',
      userId: 'user_grace',
      directoryUserId: 'directory_user_grace',
      groups: ['directory_group_engineering'],
    },
    {
      email: 'alan@acme.example',
      firstName: 'Alan',
      lastName: 'Turing',
      idpId: 'idp_alan',
      profileId: 'prof_alan',
      userId: 'user_alan',
      directoryUserId: 'directory_user_alan',
      groups: [],
    },
  ],
} satisfies LocalWorkOSSeed;
