import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { settingsOf } from '../../src/outbox/pg-boss/pg-boss.options.js';

test('the README lists every option of pgBossOutbox with its default', async () => {
  const root = new URL('../../', import.meta.url);
  const source = await readFile(new URL('src/outbox/pg-boss/pg-boss.options.ts', root), 'utf8');
  const declared = /interface PgBossOutboxOptions \{(.*?)^\}/ms.exec(source)?.[1] ?? '';
  const options = [...declared.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const rows = [...readme.matchAll(/^\| `pgBossOutbox\(\{ (\w+) \}\)` +\|.*\| (.*?) +\|$/gm)];
  expect(rows.map(([, name]) => name)).toEqual(options);
  const settings = settingsOf({ connectionString: 'postgres://localhost/app' });
  for (const [, name = '', fallback = ''] of rows) {
    const literal = /^`([^`]*)`$/.exec(fallback)?.[1];
    if (literal === undefined || literal === 'boss') continue;
    const value: unknown = JSON.parse(
      literal
        .replaceAll("'", '"')
        .replaceAll('_', (mark, at: number) => (/\d/.test(literal[at - 1] ?? '') ? '' : mark)),
    );
    expect([name, settings[name as keyof typeof settings]]).toEqual([name, value]);
  }
});
