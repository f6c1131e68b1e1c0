import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { compileSqlite } from './support/compiled.js';
import { drain, makeEntries, makeEntry, openOutbox, temporaryFolder } from './support/files.js';

let built: string;
const entries = {} as Record<'esm' | 'cjs', string>;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'outbox-build-'));
  chmodSync(built, 0o755);
  for (const format of ['esm', 'cjs'] as const) entries[format] = compileSqlite(join(built, format), format);
  cpSync(join(import.meta.dirname, 'support/child.mjs'), join(built, 'child.mjs'));
});

afterAll(() => rmSync(built, { recursive: true, force: true }));

interface Child {
  readonly process: ChildProcess;
  /** Whole lines that it has said so far. */
  lines(): string[];
  readonly ended: Promise<number | null>;
}

interface ChildOptions {
  readonly format?: 'esm' | 'cjs';
  readonly node?: string[];
  readonly unprivileged?: boolean;
}

function child(path: string, task: string, { format = 'esm', node = [], unprivileged }: ChildOptions = {}): Child {
  const spawned = spawn(process.execPath, [...node, join(built, 'child.mjs'), entries[format], path, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: built,
    env: { ...process.env, ...(unprivileged && { UNPRIVILEGED: 'yes' }) },
  });
  onTestFinished(() => void spawned.kill('SIGKILL'));
  let output = '';
  spawned.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    process: spawned,
    lines: () =>
      output
        .slice(0, output.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1),
    ended: new Promise((resolve) => void spawned.once('close', resolve)),
  };
}

async function said(one: Child): Promise<string[]> {
  await one.ended;
  return one.lines();
}

describe.each(['esm', 'cjs'] as const)('the %s build', (format) => {
  test('finds its thread, opens SQLite in no other, and does not keep a process alive', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    const one = child(path, 'leave', { format });
    expect(await said(one)).toEqual(['[]']);
    expect(await one.ended).toBe(0);
    expect(await (await openOutbox(path)).stats()).toMatchObject({ pending: 1 });
  });

  test('keeps a process alive while it stores', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    expect(await said(child(path, 'hurry', { format }))).toEqual(['stored']);
    expect(await (await openOutbox(path)).stats()).toMatchObject({ pending: 1 });
  });
});

test('a Node without node:sqlite is told so', async () => {
  const path = join(temporaryFolder(), 'audit.db');
  const [line] = await said(child(path, 'once', { node: ['--no-experimental-sqlite'] }));
  expect(line).toContain('runs without node:sqlite. It is part of Node 22.13 and later');
});

test('a bundle without the script of the thread is told so', async () => {
  rmSync(join(built, 'cjs', 'outbox/sqlite/sqlite.worker.js'));
  onTestFinished(() => void compileSqlite(join(built, 'cjs'), 'cjs'));
  const [line] = await said(child(join(temporaryFolder(), 'audit.db'), 'once', { format: 'cjs' }));
  expect(line).toContain('does not find the script of its thread');
  expect(line).toContain(`leave 'nestjs-workos-audit' out of the bundle`);
});

describe('a process that may not write', () => {
  test('the folder is told so', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    const at = (path: string) => said(child(join(folder, path), 'once', { unprivileged: true }));
    expect((await at('audit.db'))[0]).toContain(
      `${folder}/audit.db cannot be opened (unable to open database file). The user of the process must be able to write its folder`,
    );
    expect((await at('sub/audit.db'))[0]).toContain('cannot be opened: EACCES: permission denied, mkdir');
  });

  test('the file is told so', async () => {
    const folder = join(temporaryFolder(), 'var');
    mkdirSync(folder);
    const path = join(folder, 'audit.db');
    await (await openOutbox(path)).close();
    chmodSync(join(folder, '..'), 0o755);
    chmodSync(folder, 0o777);
    chmodSync(path, 0o444);
    expect((await said(child(path, 'once', { unprivileged: true })))[0]).toContain(`${path} cannot be written`);
  });
});

test('two processes on one file never get the same entry', async () => {
  const path = join(temporaryFolder(), 'audit.db');
  const outbox = await openOutbox(path);
  const all = makeEntries(1_500);
  await outbox.append(all);
  const claimers = [child(path, 'claim'), child(path, 'claim', { format: 'cjs' })];
  const shares = await Promise.all(claimers.map(said));
  for (const share of shares) expect(share.length).toBeGreaterThan(0);
  expect(shares.flat().toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  expect(await outbox.stats()).toEqual({ pending: 0, leased: 0, held: 0, buried: 0 });
});

test('several processes may make one file together', async () => {
  const path = join(temporaryFolder(), 'audit.db');
  const output = await Promise.all(Array.from({ length: 4 }, () => said(child(path, 'once'))));
  expect(output.flat()).toEqual([]);
  expect(await (await openOutbox(path)).stats()).toMatchObject({ pending: 4 });
});

test('nothing that was acknowledged is lost when the process is killed', { timeout: 30_000 }, async () => {
  const path = join(temporaryFolder(), 'audit.db');
  const acknowledged: string[] = [];
  for (let cycle = 0; cycle < 10; cycle += 1) {
    const one = child(path, 'append', { format: cycle % 2 === 0 ? 'esm' : 'cjs' });
    await expect.poll(() => one.lines().length, { timeout: 5_000, interval: 5 }).toBeGreaterThan(10);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    one.process.kill('SIGKILL');
    acknowledged.push(...(await said(one)));
  }
  const outbox = await openOutbox(path);
  await outbox.append([makeEntry()]);
  const stored = new Set(await drain(outbox));
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(200);
});
