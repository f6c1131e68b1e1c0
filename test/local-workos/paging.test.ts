import { describe, expect, it } from 'vitest';
import { page } from '../../src/testing/local-workos/http/paging.js';
import { sdk, send, start } from './support.js';

describe('a page', () => {
  const items = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));

  it.each<[Record<string, string>, string, string | null, string | null]>([
    [{}, 'edcba', null, null],
    [{ order: 'asc' }, 'abcde', null, null],
    [{ limit: '2' }, 'ed', null, 'd'],
    [{ limit: '2', after: 'd' }, 'cb', 'c', 'b'],
    [{ limit: '2', after: 'b' }, 'a', 'a', null],
    [{ limit: '2', after: 'a' }, '', null, null],
    [{ limit: '2', before: 'a' }, 'cb', 'c', 'b'],
    [{ limit: '2', before: 'd' }, 'e', null, 'e'],
    [{ limit: '2', order: 'asc', after: 'b' }, 'cd', 'c', 'd'],
    [{ limit: '2', order: 'asc', before: 'd' }, 'bc', 'b', 'c'],
    [{ after: 'e', before: 'b' }, 'dc', 'd', 'c'],
    [{ limit: '2', order: 'normal' }, 'ed', 'd', null],
    [{ limit: '2', order: 'normal', before: 'd' }, 'cb', 'b', 'c'],
    [{ limit: '2', order: 'normal', after: 'a' }, 'cb', 'b', 'c'],
  ])('%j is %s', (query, ids, before, after) => {
    const { data, list_metadata } = page(items, query, ({ id }) => id);

    expect([data.join(''), list_metadata]).toEqual([ids, { before, after }]);
  });
});

describe('the query of a list', () => {
  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'order=random', 'after=nobody', 'before=nobody'])(
    '%s is a 422',
    async (query) => {
      const workos = await start();

      const answer = await send(workos, 'GET', `/organizations?${query}`);

      expect([answer.status, answer.json]).toEqual([422, { message: expect.any(String) }]);
    },
  );
});

describe('a directory of 251 users', () => {
  const people = Array.from({ length: 251 }, (_, n) => ({
    email: `${n}@acme.example`,
    directoryId: 'directory_1',
    idpId: `i${n}`,
  }));
  const seed = {
    organizations: [{ id: 'org_1', name: 'Acme' }],
    directories: [{ id: 'directory_1', name: 'D' }],
    people,
  };
  const emails = people.map(({ email }) => email).toReversed();

  it('gives ten if not told otherwise, and a hundred at most', async () => {
    const client = sdk(await start({ seed }));

    const ten = await client.directorySync.listUsers({ directory: 'directory_1' });
    const hundred = await client.directorySync.listUsers({ directory: 'directory_1', limit: 100 });

    expect(ten.data.map(({ email }) => email)).toEqual(emails.slice(0, 10));
    expect(hundred.data.map(({ email }) => email)).toEqual(emails.slice(0, 100));
  });

  it('gives each of them once to whoever follows the cursors', async () => {
    const client = sdk(await start({ seed }));
    const seen: (string | null)[] = [];
    let after: string | undefined;
    do {
      const { data, listMetadata } = await client.directorySync.listUsers({
        directory: 'directory_1',
        limit: 50,
        ...(after && { after }),
      });
      seen.push(...data.map(({ email }) => email));
      after = listMetadata.after ?? undefined;
    } while (after !== undefined);

    expect(seen).toEqual(emails);
  });
});
