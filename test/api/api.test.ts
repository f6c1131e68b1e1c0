import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiReport } from './report.js';

const root = new URL('../../', import.meta.url).pathname;

/** Entry points by their name for users, with the sources that `exports` of the package.json stands for. */
function entryPoints(): Record<string, string> {
  const { name, exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    name: string;
    exports: Record<string, string | { import: { default: string } }>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([path, target]): [string, string][] =>
      typeof target === 'string'
        ? []
        : [[path.replace(/^\./, name), target.import.default.replace(/^\.\/dist\/esm/, 'src').replace(/\.js$/, '.ts')]],
    ),
  );
}

// A change of this file is a change for users: look at it as one, and write it into the CHANGELOG.
test('the public API is what api.md says (vitest -u writes it)', async () => {
  const entries = entryPoints();
  expect(Object.keys(entries).length).toBeGreaterThan(3);
  await expect(`# The public API\n\n${apiReport(root, entries)}`).toMatchFileSnapshot(`${root}api.md`);
}, 60_000);

test('what is exported at run time is what the types say', async () => {
  const report = readFileSync(`${root}api.md`, 'utf8');
  for (const [name, source] of Object.entries(entryPoints())) {
    const section = report.split(`## ${name}\n`)[1]?.split('\n```\n')[0] ?? '';
    const declared = [...section.matchAll(/^(?:abstract )?(?:class|function|const) (\w+)/gm)].map(([, one]) => one);
    const exported = Object.keys((await import(`${root}${source}`)) as object);
    expect([name, [...new Set(declared)].toSorted()]).toEqual([name, exported.toSorted()]);
  }
});
