interface User {
  id: string;
  email: string;
  name: string;
  organizationId: string;
  groups: { id: string; name: string }[];
}

/** What the README leaves to the reader: a store of sessions. */
export const sessions = {
  userOf(authorization: string | undefined): User | undefined {
    if (authorization !== 'Bearer ada') return undefined;
    return {
      id: 'prof_1',
      email: 'ada@acme.example',
      name: 'Ada Lovelace',
      organizationId: 'org_1',
      groups: [{ id: 'directory_group_1', name: 'Editors' }],
    };
  },
};
