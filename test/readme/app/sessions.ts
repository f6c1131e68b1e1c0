/** What the README leaves to the reader: a store of sessions. */
export const sessions = {
  userOf(authorization: string | undefined): object | undefined {
    if (authorization !== 'Bearer ada') return undefined;
    return {
      id: 'prof_1',
      name: 'Ada Lovelace',
      organizationId: 'org_1',
      groups: [{ id: 'directory_group_1', name: 'Editors' }],
    };
  },
};
