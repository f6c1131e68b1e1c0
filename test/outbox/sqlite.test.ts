import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { AuditOutboxError } from 'nestjs-workos-audit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { standStill } from '../support/stand-still.js';
import { connect, drain, makeEntries, makeEntry, openOutbox, temporaryFolder } from './support/files.js';

const file = (): string => join(temporaryFolder(), 'audit.db');
type Entry = ReturnType<typeof makeEntry>;

const ids = (entries: readonly { id: string }[]): string[] => entries.map(({ id }) => id).toSorted();

/** The threads that are started from here on. */
function threads(): Worker[] {
  const started: Worker[] = [];
  const note = (worker: Worker): number => started.push(worker);
  process.on('worker', note);
  onTestFinished(() => void process.off('worker', note));
  return started;
}

/** Commits in the write-ahead log: its frames of which the header says so. See https://sqlite.org/fileformat2.html#walformat */
function commits(path: string): number {
  const wal = readFileSync(`${path}-wal`);
  const frameBytes = 24 + wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let count = 0;
  for (let at = 32; at + frameBytes <= wal.length; at += frameBytes) {
    if (!wal.subarray(at + 8, at + 16).equals(salt)) break;
    if (wal.readUInt32BE(at + 4) > 0) count += 1;
  }
  return count;
}

describe('appends', () => {
  test('that wait together are one commit; each alone is one of its own', async () => {
    const path = file();
    const outbox = await openOutbox(path);
    let before = commits(path);
    await Promise.all(makeEntries(200).map((entry) => outbox.append([entry])));
    expect(commits(path) - before).toBeLessThan(10);
    before = commits(path);
    for (const entry of makeEntries(20)) await outbox.append([entry]);
    expect(commits(path) - before).toBe(20);
    expect(await outbox.stats()).toMatchObject({ pending: 220 });
  });

  test('group what is settled as well', async () => {
    const path = file();
    const outbox = await openOutbox(path);
    await outbox.append(makeEntries(90));
    const [a, b, c] = [await outbox.claim(30, 60_000), await outbox.claim(30, 60_000), await outbox.claim(30, 60_000)];
    const before = commits(path);
    await Promise.all([
      ...a.map(({ id }) => outbox.complete([id])),
      ...b.map(({ id }) => outbox.retry(id, new Date(), { message: 'down' })),
      ...c.map(({ id }) => outbox.bury(id, { message: 'no' })),
    ]);
    expect(commits(path) - before).toBeLessThan(10);
    expect(await outbox.stats()).toMatchObject({ pending: 30, leased: 0, buried: 30 });
  });

  test('fail alone: one that cannot be stored costs none of those beside it', async () => {
    const outbox = await openOutbox(file());
    const entries = Array.from({ length: 40 }, (_, i) => makeEntry(0, i % 10 === 3 ? Number.NaN : Date.now()));
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const results = await Promise.allSettled([
      ...entries.map((entry) => outbox.append([entry])),
      outbox.append([{ ...makeEntry(), event: circular as never }]),
    ]);
    const failed = results.flatMap((result, i) =>
      result.status === 'rejected' ? [[i, result.reason as Error] as const] : [],
    );
    expect(failed.map(([i]) => i)).toEqual([3, 13, 23, 33, 40]);
    for (const [, reason] of failed) expect(reason).toBeInstanceOf(AuditOutboxError);
    expect(failed[0]?.[1].message).toBe(
      'The entry cannot be stored: NOT NULL constraint failed: audit_outbox.recorded_ms.',
    );
    expect(failed[4]?.[1].message).toContain('is not JSON: Converting circular structure');
    const stored = entries.filter(({ recordedAt }) => !Number.isNaN(recordedAt));
    expect((await drain(outbox)).toSorted()).toEqual(ids(stored));
  });

  test('keep their place among the other calls of the same turn', async () => {
    const outbox = await openOutbox(file());
    const [a, b, c, d] = makeEntries(4) as [Entry, Entry, Entry, Entry];
    const done = await Promise.all([
      outbox.append([a]),
      outbox.append([b]),
      outbox.complete([a.id]),
      outbox.hold(c, 60_000),
      outbox.append([d, a]),
      outbox.stats(),
      outbox.append([c]),
      outbox.discard(c.id),
    ]);
    expect(done[5]).toMatchObject({ pending: 3, held: 1 });
    expect((await drain(outbox)).toSorted()).toEqual(ids([a, b, d]));
  });

  test('of several entries are stored all or not at all', async () => {
    const outbox = await openOutbox(file());
    await expect(outbox.append([makeEntry(), makeEntry(0, Number.NaN)])).rejects.toThrow('cannot be');
    expect(await outbox.stats()).toMatchObject({ pending: 0 });
  });
});

describe('a full disk', () => {
  test('fails what it cannot store, keeps what it acknowledged, and takes events again when there is space', async () => {
    const outbox = await openOutbox(file(), { maxBytes: 1024 * 1024 });
    const entries = makeEntries(300, 10_000);
    const results = await Promise.allSettled(entries.map((entry) => outbox.append([entry])));
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
    const stored = entries.filter((_, i) => results[i]?.status === 'fulfilled');
    expect(stored.length).toBeGreaterThan(50);
    expect(stored.length).toBeLessThan(110);
    for (const reason of reasons) expect(reason).toContain('has reached maxBytes (1048576)');
    await expect(outbox.hold(makeEntry(), 1_000)).rejects.toThrow('has reached maxBytes');
    expect(await outbox.stats()).toMatchObject({ pending: stored.length, held: 0 });
    expect((await drain(outbox)).toSorted()).toEqual(ids(stored));
    const [more] = makeEntries(1, 10_000);
    await outbox.append([more!]);
    expect(await drain(outbox)).toEqual([more!.id]);
  });

  test('that SQLite finds in the middle of a group costs only what does not fit', async () => {
    const outbox = await openOutbox(file(), { maxBytes: 1024 * 1024 });
    const small = makeEntries(20, 1_000);
    const large = makeEntries(400, 10_000);
    const appends = small.map((entry, i) => outbox.append(i === 7 ? large : [entry]));
    const results = await Promise.allSettled(appends);
    expect(results.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual([7]);
    await expect(appends[7]).rejects.toThrow('is full, or maxBytes (1048576) is reached (database or disk is full)');
    expect((await drain(outbox)).toSorted()).toEqual(ids(small.toSpliced(7, 1)));
  });
});

describe('a lock of another process', () => {
  test('is waited for, but not for ever', async () => {
    const path = file();
    const outbox = await openOutbox(path, { timeoutMs: 600 });
    const other = connect(path);
    other.exec('BEGIN IMMEDIATE');
    const patient = outbox.append([makeEntry()]);
    setTimeout(() => other.exec('COMMIT'), 50);
    await patient;
    other.exec('BEGIN IMMEDIATE');
    await expect(outbox.append([makeEntry()])).rejects.toThrow(
      `${path} was locked by another process for more than 240 ms`,
    );
    other.exec('COMMIT');
    await outbox.append([makeEntry()]);
    expect(await outbox.stats()).toMatchObject({ pending: 2 });
  });

  test('does not hold up a claim that finds nothing', async () => {
    const path = file();
    const outbox = await openOutbox(path);
    connect(path).exec('BEGIN IMMEDIATE');
    expect(await outbox.claim(10, 1_000)).toEqual([]);
  });
});

describe('the thread', () => {
  test('that crashes fails the calls that wait; the next call starts another', async () => {
    const started = threads();
    const outbox = await openOutbox(file());
    await outbox.append([makeEntry()]);
    const lost = Promise.allSettled(makeEntries(5).map((entry) => outbox.append([entry])));
    started[0]!.postMessage('not a call');
    await vi.waitFor(() => expect(started[0]!.threadId).toBe(-1));
    for (const result of await lost) {
      if (result.status === 'rejected') expect(String(result.reason)).toContain('its thread has crashed: ');
    }
    await outbox.append([makeEntry()]);
    expect(started).toHaveLength(2);
    expect((await outbox.stats()).pending).toBeGreaterThanOrEqual(2);
  });

  test('that is ended from outside is no different', async () => {
    const started = threads();
    const outbox = await openOutbox(file());
    started[0]!.postMessage = () => undefined; // so that the calls wait
    const calls = [outbox.append([makeEntry()]), outbox.stats()].map((call) =>
      call.catch((error: unknown) => String(error)),
    );
    await new Promise(setImmediate);
    await started[0]!.terminate();
    for (const reason of await Promise.all(calls)) {
      expect(reason).toMatch(/^AuditOutboxError: The SQLite outbox .* its thread has crashed: it exited with code 1/);
    }
    expect(await outbox.stats()).toMatchObject({ pending: 0 });
  });

  test('that crashes again and again is left alone for a while', async () => {
    const started = threads();
    const outbox = await openOutbox(file());
    for (let i = 0; i < 5; i += 1) {
      await outbox.stats();
      await started[i]!.terminate();
    }
    await expect(outbox.append([makeEntry()])).rejects.toThrow('has crashed 5 times in a minute');
    expect(started).toHaveLength(5);
    await outbox.close();
  });

  test('that hangs fails every call in time, new ones at once, and is used again when it answers', async () => {
    const started = threads();
    const outbox = await openOutbox(file(), { timeoutMs: 400 });
    const thread = started[0]!;
    const kept: unknown[] = [];
    const post = thread.postMessage.bind(thread);
    thread.postMessage = (message: unknown) => void kept.push(message);
    const calls = [outbox.append([makeEntry()]), outbox.claim(1, 1_000), outbox.complete(['x'])];
    for (const call of calls) await expect(call).rejects.toThrow('gave no answer within 400 ms; its disk may hang');
    await expect(outbox.append([makeEntry()])).rejects.toThrow('has not answered for 400 ms');
    expect(kept).toHaveLength(1);
    thread.postMessage = post;
    for (const message of kept) post(message);
    await vi.waitFor(() => outbox.append([makeEntry()]));
  });

  test('has its time anew when the process stood still', async () => {
    const started = threads();
    const outbox = await openOutbox(file(), { timeoutMs: 400 });
    const thread = started[0]!;
    const post = thread.postMessage.bind(thread);
    const kept: unknown[] = [];
    thread.postMessage = (message: unknown) => void kept.push(message);
    const append = outbox.append([makeEntry()]);
    await vi.waitFor(() => expect(kept).toHaveLength(1));
    standStill();
    setTimeout(() => post(kept[0]), 100);
    await append;
  });

  test('cannot be asked for what is no message, and goes on', async () => {
    const started = threads();
    const outbox = await openOutbox(file());
    const calls = await Promise.allSettled([outbox.redrive({ id: Symbol('x') } as never), outbox.stats()]);
    expect(String(calls[0].status === 'rejected' && calls[0].reason)).toContain('could not be cloned');
    await outbox.append([makeEntry()]);
    expect(started).toHaveLength(1);
  });

  test('that hangs does not hold the shutdown', async () => {
    const started = threads();
    const outbox = await openOutbox(file(), { timeoutMs: 400 });
    started[0]!.postMessage = () => undefined;
    await expect(outbox.close()).rejects.toThrow('gave no answer within 400 ms');
  });

  test('does what is under way before it closes, and closes once', async () => {
    const path = file();
    const outbox = await openOutbox(path);
    const appends = makeEntries(50).map((entry) => outbox.append([entry]));
    await Promise.all([outbox.close(), outbox.close()]);
    await Promise.all(appends);
    await outbox.close();
    await expect(outbox.append([makeEntry()])).rejects.toThrow('is closed');
    expect(await (await openOutbox(path)).stats()).toMatchObject({ pending: 50 });
  });
});

describe('the file', () => {
  test('shrinks again after a backlog', async () => {
    const path = file();
    const outbox = await openOutbox(path);
    const size = (): number => (statSync(path).size + statSync(`${path}-wal`).size) / 2 ** 20;
    for (let i = 0; i < 4; i += 1) await outbox.append(makeEntries(500, 5_000));
    expect(size()).toBeGreaterThan(10);
    await drain(outbox);
    await vi.waitFor(() => expect(size()).toBeLessThan(3), { timeout: 5_000 });
  });

  test('that is taken away while it is in use is missed at once, and made anew', async () => {
    const path = file();
    const outbox = await openOutbox(path);
    await outbox.append([makeEntry()]);
    for (const end of ['', '-wal', '-shm']) renameSync(path + end, `${path}.old${end}`);
    await expect(outbox.append([makeEntry()])).rejects.toThrow(`${path} was removed or replaced while it was in use`);
    await outbox.append([makeEntry()]);
    expect(await outbox.stats()).toMatchObject({ pending: 1 });
    closeSync(openSync(path, 'r'));
  });
});
