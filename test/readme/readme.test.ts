import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { OPTION_NAMES } from '../../src/audit.options.check.js';
import { resolveAuditOptions } from '../../src/audit.options.resolved.js';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const folder = `${root}build/readme`;

let readme: string;
let blocks: { language: string; text: string }[];

beforeAll(async () => {
  readme = await readFile(`${root}README.md`, 'utf8');
  blocks = [...readme.matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(`${root}test/readme/app`, folder, { recursive: true });
  for (const { text } of blocks.filter(({ language }) => language === 'ts')) {
    await writeFile(`${folder}/${/^\/\/ (\S+\.ts)$/m.exec(text)?.[1] ?? 'nameless.ts'}`, text);
  }
  const paths = {
    'nestjs-workos-audit': [`${root}src/index.ts`],
    'nestjs-workos-audit/sqlite': [`${root}src/sqlite.ts`],
    'nestjs-workos-audit/terminus': [`${root}src/terminus.ts`],
    'nestjs-workos-audit/pg-boss': [`${root}src/pg-boss.ts`],
    'nestjs-workos-audit/testing': [`${root}src/testing/index.ts`],
    'nestjs-workos-audit/testing/*': [`${root}src/testing/*.ts`],
  };
  const compilerOptions = { paths, rootDir: root };
  await writeFile(
    `${folder}/tsconfig.json`,
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] }),
  );
});

describe('the README', () => {
  test('has only blocks that are tested: TypeScript files with a name, and commands that are known', () => {
    const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text.trim());
    expect(commands).toEqual([
      'npm ci && npm start', // by the tests of the example and .ci/run
      'npm ci && npm test', // by .ci/run
      'npm install nestjs-workos-audit @workos-inc/node', // by the consumers in .ci/run, with the packed tarball
      'WORKOS_API_KEY=sk_test_… npx workos-audit schemas push --events ./audit-events.ts', // by test/cli
      'npx workos-audit schemas check --events ./audit-events.ts', // by test/cli
      'npx workos-audit outbox list --sqlite var/audit-outbox.db', // by test/cli
      'npx workos-audit outbox redrive --action post.delete --sqlite var/audit-outbox.db', // by test/cli
      'npx workos-audit outbox purge --buried --older-than 30d --yes --sqlite var/audit-outbox.db > purged.jsonl', // by test/cli
      'npm install pg-boss', // installed here
      'npx workos-audit outbox move --from var/audit-outbox.db --to "$DATABASE_URL"', // by test/cli
      'npx workos-audit export --organization org_1 --from 2026-11-01 --to 2026-11-07 --out trail.csv', // by test/cli
    ]);
    const files = blocks
      .filter(({ language }) => language === 'ts')
      .map(({ text }) => /^\/\/ (\S+\.ts)\n/.exec(text)?.[1]);
    expect(files).not.toContain(undefined);
    expect(new Set(files).size).toBe(files.length);
    const texts = blocks.filter(({ language }) => language === 'text');
    expect(blocks.length).toBe(commands.length + files.length + texts.length);
  });

  test('compiles', async () => {
    await expect(
      run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', folder]).catch(
        (error: { stdout: string }) => error,
      ),
    ).resolves.toMatchObject({
      stdout: '',
    });
  }, 60_000);

  test('does what it says', async () => {
    const vitest = `${root}node_modules/vitest/vitest.mjs`;
    const outputFile = `${folder}/report.json`;
    const args = [vitest, 'run', '--reporter', 'json', '--outputFile', outputFile];
    const env = { ...process.env, README_FOLDER: 'build/readme' };
    await run(process.execPath, args, { cwd: root, env }).catch(() => undefined); // the report says what failed
    const report = JSON.parse(await readFile(outputFile, 'utf8')) as object;
    expect(report).toMatchObject({ numPassedTests: 7, numFailedTests: 0, success: true });
  }, 60_000);

  test('lists every option with its default', () => {
    const rows = [...readme.matchAll(/^\| `([\w.]+)` +\|.*\| (.*?) +\|$/gm)].map(
      ([, name = '', fallback = '']): [string, string] => [name, fallback],
    );
    const resolved = resolveAuditOptions({ workos: { apiKey: 'sk_1' } });
    const names = [
      ...OPTION_NAMES,
      ...Object.keys(resolved.delivery).map((name) => `delivery.${name}`),
      ...Object.keys(resolved.directory).map((name) => `directory.${name}`),
    ];
    expect(rows.map(([name]) => name).toSorted()).toEqual(names.toSorted());
    for (const [name, fallback] of rows) {
      const literal = /^`([^`(]*)`$/.exec(fallback)?.[1];
      if (literal === undefined) continue;
      const value = name
        .split('.')
        .reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], resolved);
      expect([name, JSON.stringify(value)]).toEqual([name, literal.replaceAll("'", '"')]);
    }
  });
});
