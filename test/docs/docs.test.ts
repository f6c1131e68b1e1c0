import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { COMMANDS } from './commands.js';
import { compile } from './compile.js';
import { anchorsOf, type Page, readChapters, readPage } from './page.js';

const root = new URL('../../', import.meta.url).pathname;
const readme = readPage('README.md');
const index = readPage('docs/README.md');
const chapters = readChapters();
const folderOf = ({ name }: Page): string => `${root}build/docs/${name}`;

beforeAll(async () => {
  await rm(`${root}build/docs`, { recursive: true, force: true });
  for (const chapter of chapters) await writeFolder(chapter);
});

/** The README's application, what this chapter needs beside it, and the chapter's own files, which replace those of that name. */
async function writeFolder(chapter: Page): Promise<void> {
  const folder = folderOf(chapter);
  await mkdir(folder, { recursive: true });
  await cp(`${root}test/readme/app`, folder, { recursive: true, filter: (file) => !file.endsWith('.test.ts') });
  for (const { file, text } of readme.blocks) {
    if (file?.endsWith('.ts') && !file.endsWith('.test.ts')) await writeFile(`${folder}/${file}`, text);
  }
  // Says to Vitest that these are Nest's decorators.
  await writeFile(
    `${folder}/tsconfig.json`,
    JSON.stringify({ extends: '../../../tsconfig.json', include: ['*.ts'], exclude: [] }),
  );
  const own = `${root}test/docs/pages/${chapter.name}`;
  if (existsSync(own)) await cp(own, folder, { recursive: true });
  for (const { file, text } of chapter.blocks) {
    if (file?.endsWith('.ts')) await writeFile(`${folder}/${file}`, text);
  }
}

describe.each([index, ...chapters])('$path', (page) => {
  test('has only blocks that are tested', () => {
    for (const { language, file, text } of page.blocks) {
      if (language === 'ts') expect(file ?? text).toMatch(/^\S+\.ts$/);
      else if (language === 'sh') expect(Object.keys(COMMANDS)).toContain(text.trim());
      else if (language === 'json') JSON.parse(text);
      else if (language === 'yaml') parseYaml(text);
      else expect(['text', 'mermaid']).toContain(language);
    }
    const files = page.blocks.flatMap(({ file }) => file ?? []);
    expect(files.length).toBe(new Set(files).size);
  });

  test('links to what is there', () => {
    const pages = new Map([readme, index, ...chapters].map((one) => [one.path, one]));
    for (const [link, target = ''] of page.text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
      expect([link, existsSync(`${root}${path}`)]).toEqual([link, true]);
      const linked = pages.get(path);
      if (anchor !== undefined && linked) expect([...anchorsOf(linked)]).toContain(anchor);
    }
  });
});

test('the contents list every chapter, in order, and each chapter leads to the next', () => {
  const listed = [...index.text.matchAll(/\]\((\d\d-[\w-]+\.md)\)/g)].map(([, file]) => file);
  expect(listed).toEqual(chapters.map(({ path }) => basename(path)));
  chapters.forEach((chapter, at) => {
    const next = chapters[at + 1];
    if (next) expect(chapter.text).toContain(`](${basename(next.path)})`);
  });
});

test('every command that is tested is still in a chapter', () => {
  const commands = [index, ...chapters].flatMap(({ blocks }) =>
    blocks.filter(({ language }) => language === 'sh').map(({ text }) => text.trim()),
  );
  expect(Object.keys(COMMANDS).filter((command) => !commands.includes(command))).toEqual([]);
});

test('the chapters compile', () => {
  expect(compile(chapters.map(folderOf), root)).toEqual([]);
}, 120_000);

test('the chapters do what they say', async () => {
  const outputFile = `${root}build/docs/report.json`;
  const args = [`${root}node_modules/vitest/vitest.mjs`, 'run', '--reporter', 'json', '--outputFile', outputFile];
  const env = { ...process.env, README_FOLDER: 'build/docs/*' };
  await promisify(execFile)(process.execPath, args, { cwd: root, env }).catch(() => undefined); // the report says what failed
  const report = JSON.parse(await readFile(outputFile, 'utf8')) as {
    numTotalTests: number;
    testResults: {
      status: string;
      name: string;
      message: string;
      assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
    }[];
  };
  const failed = report.testResults
    .filter(({ status }) => status !== 'passed')
    .map(({ name, message, assertionResults }) =>
      [name, message, ...assertionResults.flatMap(({ failureMessages }) => failureMessages)].join('\n'),
    );
  expect(failed).toEqual([]);
  expect(report).toMatchObject({ success: true, numFailedTestSuites: 0 });
  expect(report.numTotalTests).toBeGreaterThan(0);
}, 120_000);
