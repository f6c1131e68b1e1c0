import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/outbox/sqlite/sqlite.schema.js';
import { OutboxProject } from './support/outbox-file.js';

const commands = [
  ['stats'],
  ['list'],
  ['show', 'e1'],
  ['redrive', '--all'],
  ['purge', '--buried'],
  ['purge', '--buried', '--yes'],
];
const one = (): Promise<OutboxProject> => OutboxProject.withBuried({ id: 'e1' });
const SCRIPT_USER = 65_534;

/** What every command says of this file, in one line, when it fails and leaves the folder as it is. */
async function refusal(outbox: OutboxProject, file: string): Promise<string> {
  const before = snapshot(outbox);
  const messages = new Set<string>();
  for (const command of commands) {
    const { code, stdout, stderr } = await outbox.run(...command, '--sqlite', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    messages.add(stderr);
  }
  expect(snapshot(outbox)).toEqual(before);
  const [message, ...others] = messages;
  expect(others).toEqual([]);
  expect(message).toMatch(/^workos-audit: [^\n]*\n$/);
  return message ?? '';
}

function snapshot({ project: { folder } }: OutboxProject): [string, number][] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  return names.map((name) => [name, statSync(`${folder}/${name}`).size]);
}

describe('a file that is no outbox is left alone and named:', { timeout: 60_000 }, () => {
  test.concurrent('one that is not there', async () => {
    await using outbox = await one();
    expect(await refusal(outbox, 'var/other.db')).toContain(
      `there is no file 'var/other.db', seen from ${outbox.project.folder}. Name the`,
    );
    expect(await refusal(outbox, 'nowhere/audit.db')).toContain(`there is no file 'nowhere/audit.db'`);
    expect(await refusal(outbox, ':memory:')).toContain(`there is no file ':memory:'`);
    outbox.project.remove('var/audit-outbox.db');
    const { code, stderr } = await outbox.run('stats');
    expect([code, stderr]).toEqual([
      2,
      'workos-audit: which outbox? Name the file of sqliteOutbox({ path }) with --sqlite, or the database of pgBossOutbox() with --postgres; there is no var/audit-outbox.db, ' +
        `which is the default, in ${outbox.project.folder}.\n`,
    ]);
  });

  test.concurrent('a folder, and what is no file at all', async () => {
    await using outbox = await one();
    expect(await refusal(outbox, 'var/')).toContain(
      'var/ is a folder. Name the file in it, such as var/audit-outbox.db.',
    );
    expect(await refusal(outbox, '/dev/null')).toContain('/dev/null is no file.');
    expect(await refusal(outbox, 'package.json/audit.db')).toContain(`there is no file 'package.json/audit.db'`);
  });

  test.concurrent('an empty file, a text, a damaged outbox', async () => {
    await using outbox = await one();
    outbox.project.write({ 'empty.db': '', 'diary.db': 'Dear diary, '.repeat(1_000) });
    expect(await refusal(outbox, 'empty.db')).toContain(
      'empty.db is empty: no application has opened it as its outbox yet.',
    );
    expect(await refusal(outbox, 'diary.db')).toContain(
      'diary.db is no SQLite file, or is damaged (file is not a database)',
    );
    cpSync(outbox.file, `${outbox.project.folder}/damaged.db`);
    spawnSync('dd', ['if=/dev/urandom', 'of=damaged.db', 'bs=4096', 'seek=1', 'count=20'], {
      cwd: outbox.project.folder,
    });
    expect(await refusal(outbox, 'damaged.db')).toContain('damaged.db is no SQLite file, or is damaged (');
  });

  test.concurrent('the SQLite file of something else', async () => {
    await using outbox = await one();
    const { folder } = outbox.project;
    outbox.edit('CREATE TABLE users (id); CREATE TABLE posts (id)', `${folder}/app.db`);
    outbox.edit(
      'PRAGMA journal_mode = WAL; PRAGMA application_id = 7; CREATE TABLE audit_outbox (id)',
      `${folder}/wal.db`,
    );
    const none = 'is a SQLite file, but no outbox (application_id';
    expect(await refusal(outbox, 'app.db')).toContain(
      `app.db ${none} 0, tables: posts, users). Nothing in it was changed.`,
    );
    expect(await refusal(outbox, 'wal.db')).toContain(`wal.db ${none} 7, tables: audit_outbox)`);
  });

  test.concurrent('an outbox of another release', async () => {
    await using outbox = await one();
    const known = MIGRATIONS.length;
    outbox.edit(`PRAGMA user_version = ${known + 1}`);
    expect(await refusal(outbox, outbox.file)).toContain(
      `${outbox.file} was written by a later release of nestjs-workos-audit (format ${known + 1}, this release knows up to ${known}).`,
    );
    outbox.edit('PRAGMA user_version = 0');
    expect(await refusal(outbox, outbox.file)).toContain(`${outbox.file} was written by an earlier release`);
  });
});

describe('permissions', () => {
  const asOther = process.getuid?.() === 0 ? { uid: SCRIPT_USER, gid: SCRIPT_USER } : {};
  const runAsOther = async (outbox: OutboxProject, command: string[]): Promise<string> => {
    const { code, stdout, stderr } = await outbox.project.run(['outbox', ...command], undefined, asOther);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr;
  };

  const denied =
    /^workos-audit: var\/audit-outbox\.db cannot be opened, because this user may not write it \(EACCES.*\)\. Run the command as the user/;

  test.concurrent('a file or a folder that may not be read', async () => {
    await using outbox = await one();
    chmodSync(outbox.project.folder, 0o755);
    chmodSync(`${outbox.project.folder}/var`, 0o755);
    chmodSync(outbox.file, 0o000);
    for (const command of commands) expect(await runAsOther(outbox, command)).toMatch(denied);
    chmodSync(outbox.file, 0o666); // but the folder, in which SQLite needs its -wal
    for (const command of commands) {
      expect(await runAsOther(outbox, command)).toMatch(/^workos-audit: .* cannot be (opened|written) \(.*must be/);
    }
    chmodSync(`${outbox.project.folder}/var`, 0o000);
    const file = ['--sqlite', outbox.file];
    expect(await runAsOther(outbox, ['stats', ...file])).toMatch(/^workos-audit: .* cannot be opened: EACCES/);
    chmodSync(`${outbox.project.folder}/var`, 0o755);
  });

  test.concurrent('a file that may be read but not written is read while it is in use', async () => {
    await using outbox = await one();
    chmodSync(outbox.project.folder, 0o755);
    chmodSync(`${outbox.project.folder}/var`, 0o777);
    chmodSync(outbox.file, 0o444);
    for (const command of commands) expect(await runAsOther(outbox, command)).toMatch(denied);
    expect(readdirSync(`${outbox.project.folder}/var`)).toEqual(['audit-outbox.db']);
    if (!asOther.uid) return; // root opens it all the same
    await outbox.use(async () => {
      const { code, stdout } = await outbox.project.run(['outbox', 'list'], undefined, asOther);
      expect([code, stdout]).toEqual([0, expect.stringContaining('1 buried event.')]);
      expect(await runAsOther(outbox, ['redrive', '--all'])).toMatch(denied);
    });
    expect(await outbox.ids()).toEqual(['e1']);
  });

  test.skipIf(process.getuid?.() !== 0)('what root does leaves the file to the user of the application', async () => {
    await using outbox = await one();
    const running = outbox.use(async () => {
      chownSync(outbox.file, SCRIPT_USER, SCRIPT_USER);
      return outbox.run('redrive', '--all');
    });
    expect(await running).toMatchObject({ code: 0 });
    await outbox.run('stats');
    expect(readdirSync(`${outbox.project.folder}/var`)).toEqual(['audit-outbox.db']);
    expect(statSync(outbox.file).uid).toBe(SCRIPT_USER);
  });
});

test('a lock that is never let go of is said, and what has been read meanwhile is right', async () => {
  await using outbox = await one();
  const db = new DatabaseSync(outbox.file);
  db.exec('BEGIN IMMEDIATE');
  const [write, read] = await Promise.all([outbox.run('redrive', '--all'), outbox.json('stats')]);
  db.close();
  expect(write.code).toBe(2);
  expect(write.stderr).toContain('var/audit-outbox.db was locked by another process for more than 5000 ms');
  expect(read).toMatchObject({ buried: 1 });
});

test('the file of an application that was killed is read with all that it had stored, and left for the next', async () => {
  await using outbox = await one();
  const { folder } = outbox.project;
  mkdirSync(`${folder}/killed`);
  await outbox.use(async (running) => {
    await running.redrive();
    for (const end of ['', '-wal']) cpSync(outbox.file + end, `${folder}/killed/audit.db${end}`);
  });
  const wal = statSync(`${folder}/killed/audit.db-wal`).size;
  expect(wal).toBeGreaterThan(0);
  expect(await outbox.json('stats', '--sqlite', 'killed/audit.db')).toMatchObject({ pending: 1, buried: 0 });
  expect(statSync(`${folder}/killed/audit.db-wal`).size).toBe(wal);
});

describe('flags', () => {
  test.concurrent.each([
    [['list', '--state', 'dead'], "--state must be one of buried, pending, leased, held, all, not 'dead'."],
    [['list', '--limit', '0'], "--limit must be a whole number above 0, not '0'."],
    [['list', '--limit', 'all'], "--limit must be a whole number above 0, not 'all'."],
    [['list', 'e1'], 'positional arguments'],
    [['stats', '--mysql', 'mysql://x'], "Unknown option '--mysql'"],
    [['show'], 'outbox show: which event? Give one id, as `workos-audit outbox list` shows it.'],
    [['show', 'e1', 'e2'], 'outbox show: which event?'],
    [['show', 'e9'], "there is no event 'e9' in var/audit-outbox.db; one that was delivered is no longer in it."],
    [['purge', '--buried', '--yes', '--all'], "Unknown option '--all'"],
  ])('%j', async (args, message) => {
    await using outbox = await one();
    const { code, stdout, stderr } = await outbox.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    const json = await outbox.run(...args, '--json');
    expect(JSON.parse(json.stdout)).toEqual({ error: expect.stringContaining(message) as string });
  });

  test.concurrent('a file with an odd name is no other file', async () => {
    await using outbox = await one();
    const name = 'ä #1?mode=memory&x=%41 🚀.db';
    cpSync(outbox.file, `${outbox.project.folder}/${name}`);
    expect(await outbox.json('redrive', '--all', '--sqlite', name)).toEqual({ redriven: 1 });
    expect(await outbox.json('stats', '--sqlite', `./${name}`)).toMatchObject({ pending: 1 });
    expect(existsSync(`${outbox.project.folder}/${name}-wal`)).toBe(false);
  });
});

test('a Node without node:sqlite is told so', async () => {
  await using outbox = await one();
  outbox.project.env['NODE_OPTIONS'] = '--no-experimental-sqlite';
  const { code, stderr } = await outbox.run('stats');
  expect([code, stderr]).toEqual([2, expect.stringContaining('runs without node:sqlite. It is part of Node 22.13')]);
});
