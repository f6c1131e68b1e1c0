import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditOutboxError } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { APPLICATION_ID, migrate, MIGRATIONS, pragma } from '../../src/outbox/sqlite/sqlite.schema.js';
import { sqliteOutbox } from '../../src/sqlite.js';
import { TestApp } from '../support/test-app.js';
import { connect, makeEntry, openOutbox, temporaryFolder } from './support/files.js';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const open = (path: string): Promise<void> => sqliteOutbox({ path }).open();

describe('options', () => {
  test.each([
    [{ path: '' }, `path }) must be the name of a file, such as 'var/audit-outbox.db', not ""`],
    [{ path: ':memory:' }, 'not ":memory:"'],
    [{ path: undefined }, 'not undefined'],
    [{ path: 'x', durability: 'some' }, `durability }) must be 'full' or 'normal', not "some"`],
    [{ path: 'x', maxBytes: 10 }, 'maxBytes }) must be at least 1048576, not 10'],
    [{ path: 'x', timeoutMs: 0 }, 'timeoutMs }) must be a number of at least 1, not 0'],
  ])('%j is refused', (options, message) => {
    expect(() => sqliteOutbox(options as never)).toThrow(AuditOutboxError);
    expect(() => sqliteOutbox(options as never)).toThrow(message);
  });

  test('the outbox is named after its file, and takes no transaction', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    const outbox = await openOutbox(path);
    expect(outbox.name).toBe(path);
    expect(outbox.abandon).toBeUndefined();
    await expect(outbox.append([makeEntry()], { transaction: {} })).rejects.toThrow(
      'cannot take part in a transaction',
    );
  });
});

describe('a new file', () => {
  test('is made with its folders, for the user of the process only', async () => {
    const folder = join(temporaryFolder(), 'var', 'audit');
    const outbox = await openOutbox(join(folder, 'audit.db'));
    await outbox.append([makeEntry()]);
    expect(mode(folder)).toBe('700');
    expect(['', '-wal', '-shm'].map((end) => mode(join(folder, `audit.db${end}`)))).toEqual(['600', '600', '600']);
    await outbox.close();
    expect(existsSync(join(folder, 'audit.db-wal'))).toBe(false);
  });

  test('may be there already, empty', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    writeFileSync(path, '');
    await (await openOutbox(path)).append([makeEntry()]);
    expect(connect(path).prepare('SELECT count(*) AS n FROM audit_outbox').get()).toEqual({ n: 1 });
  });

  test('is one that the sqlite3 tool can read', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    const outbox = await openOutbox(path);
    const entry = { ...makeEntry(), recordedAt: Date.UTC(2026, 10, 23, 12, 30, 0, 5) };
    await outbox.append([entry]);
    await outbox.claim(1, 1);
    await outbox.bury(entry.id, { message: 'no', status: 400 });
    const row = connect(path).prepare('SELECT * FROM audit_outbox').get();
    expect(row).toMatchObject({
      id: entry.id,
      action: 'thing.make',
      organization: 'org_1',
      state: 'buried',
      attempts: 1,
      recorded_at: '2026-11-23T12:30:00.005Z',
      last_error: '{"message":"no","status":400}',
      event: JSON.stringify(entry.event),
    });
    expect(row?.buried_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('counts rightly also when rows are deleted by hand', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    const outbox = await openOutbox(path);
    await outbox.append([makeEntry(), makeEntry()]);
    connect(path).exec('DELETE FROM audit_outbox WHERE seq = 1');
    expect(await outbox.stats()).toMatchObject({ pending: 1 });
  });
});

describe('a file that cannot be the outbox', () => {
  test('is named at boot, with what to do', async () => {
    const path = join(temporaryFolder(), 'app.db');
    connect(path).exec('CREATE TABLE users (id); CREATE TABLE posts (id)');
    const before = readFileSync(path);
    await expect(TestApp.start({ audit: { outbox: sqliteOutbox({ path }) } })).rejects.toThrow(
      `AuditModule.forRoot(): the outbox (${path}) does not open: ${path} is the SQLite file of something else ` +
        '(application_id 0, tables: posts, users). Nothing in it was changed. Give the outbox a file of its own.',
    );
    expect(readFileSync(path)).toEqual(before);
  });

  test('because it belongs to another application', async () => {
    const path = join(temporaryFolder(), 'app.db');
    connect(path).exec('PRAGMA application_id = 7');
    await expect(open(path)).rejects.toThrow('something else (application_id 7, tables: none)');
  });

  test('because it was written by a later release', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    await (await openOutbox(path)).close();
    connect(path).exec(`PRAGMA user_version = ${MIGRATIONS.length + 2}`);
    const known = MIGRATIONS.length;
    await expect(open(path)).rejects.toThrow(
      `a later release of nestjs-workos-audit (format ${known + 2}, this release`,
    );
  });

  test('because it is no SQLite file, which is left as it is', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    writeFileSync(path, 'Dear diary, '.repeat(1_000));
    await expect(open(path)).rejects.toThrow(`${path} is no SQLite file, or is damaged (file is not a database)`);
    expect(readFileSync(path, 'utf8')).toMatch(/^Dear diary/);
  });

  test('because it is a folder, or lies below a file', async () => {
    const folder = temporaryFolder();
    await expect(open(folder)).rejects.toThrow(`${folder} is a folder. Name a file in it, such as ${folder}/audit`);
    writeFileSync(join(folder, 'file'), '');
    await expect(open(join(folder, 'file', 'audit.db'))).rejects.toThrow(/cannot be opened: E(NOTDIR|EXIST)/);
  });

  test('because another process never lets go of it', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    await (await openOutbox(path)).close();
    const other = connect(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(sqliteOutbox({ path, timeoutMs: 800 }).open()).rejects.toThrow('locked by another process');
    other.exec('COMMIT');
    await open(path);
  });

  test('opens once it is put right', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'audit.db');
    mkdirSync(path);
    const outbox = sqliteOutbox({ path });
    await expect(outbox.open()).rejects.toThrow('is a folder');
    await expect(outbox.append([makeEntry()])).rejects.toThrow('is not open');
    process.getBuiltinModule('node:fs').rmdirSync(path);
    await outbox.open();
    await outbox.append([makeEntry()]);
    await outbox.close();
    await expect(outbox.stats()).rejects.toThrow('is closed');
  });

  test('because it was damaged later: calls fail, and none hangs', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    const outbox = await openOutbox(path);
    await outbox.append(Array.from({ length: 200 }, () => makeEntry(1_000)));
    await outbox.close();
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4_096 * 2);
    writeFileSync(path, bytes);
    chmodSync(path, 0o600);
    const calls = async (): Promise<void> => {
      const damaged = await openOutbox(path);
      await damaged.append([makeEntry()]);
      await damaged.claim(300, 1_000);
    };
    await expect(calls()).rejects.toThrow(`${path} is no SQLite file, or is damaged`);
  });
});

describe('the format', () => {
  test('carries its number and the mark of the application', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    await (await openOutbox(path)).close();
    const db = connect(path);
    expect([pragma(db, 'application_id'), pragma(db, 'user_version')]).toEqual([APPLICATION_ID, MIGRATIONS.length]);
    expect(pragma(db, 'auto_vacuum')).toBe(2);
  });

  test('of an earlier release is brought up, with what waits in it', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    await (await openOutbox(path)).append([makeEntry()]);
    const db = connect(path);
    const later = [...MIGRATIONS, 'ALTER TABLE audit_outbox ADD COLUMN note TEXT'];
    migrate(db, path, later);
    migrate(db, path, later);
    expect(db.prepare('SELECT state, note FROM audit_outbox').all()).toEqual([{ state: 'pending', note: null }]);
    expect(pragma(db, 'user_version')).toBe(later.length);
  });

  test('stays as it was when a migration fails half-way', async () => {
    const path = join(temporaryFolder(), 'audit.db');
    await (await openOutbox(path)).close();
    const db = connect(path);
    expect(() => migrate(db, path, [...MIGRATIONS, 'CREATE TABLE half (x); NONSENSE'])).toThrow('NONSENSE');
    db.close();
    const again = connect(path);
    expect(pragma(again, 'user_version')).toBe(MIGRATIONS.length);
    expect(again.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`).get()).toBeUndefined();
  });
});
