import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sqliteOutbox } from '../../src/sqlite.js';
import { startLocalWorkOS, TestApp } from '../support/test-app.js';
import { temporaryFolder } from './support/files.js';

/** A disk of 4 MiB, or `undefined` where this user may not mount one. */
function smallDisk(): string | undefined {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

test('a disk that is really full: requests succeed, what is not stored is in the log, and the rest leaves once there is space', async ({
  skip,
}) => {
  const disk = smallDisk();
  if (!disk) skip('this user may not mount a small disk');
  const workos = await startLocalWorkOS();
  // Somebody else's file, which is removed later.
  const rubbish = join(String(disk), 'rubbish');
  writeFileSync(rubbish, Buffer.alloc(1024 * 1024));
  const path = join(String(disk), 'audit.db');
  const app = await TestApp.start({ workos, audit: { outbox: sqliteOutbox({ path }) } });
  await workos.stop();
  const record = (thing: number): Promise<void> =>
    app.audit.record('a.b', {
      actor: { id: 'a' },
      organizationId: 'org_local',
      targets: { thing },
      metadata: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 'x'.repeat(500)])),
    });
  let recorded = 0;
  for (; (await app.audit.stats()).dropped < 5 && recorded < 2_000; recorded += 1) await record(recorded);
  const full = await app.audit.stats();
  expect(full.dropped).toBe(5);
  expect(full.pending + full.leased).toBe(recorded - 5);
  const dropped = app.logs.find('error', 'Audit event dropped');
  expect(dropped).toHaveLength(5);
  for (const line of dropped) expect(line).toContain(`The disk of ${path} is full`);

  await workos.resume();
  // A claim is written too, so that without any space nothing can leave; it is said, and tried again.
  rmSync(rubbish);
  await workos.waitForEvents(recorded - 5, { timeoutMs: 30_000 });
  await expect.poll(() => app.audit.stats(), { timeout: 10_000 }).toMatchObject({ pending: 0, leased: 0, dropped: 5 });
  await record(recorded);
  await workos.waitForEvents(recorded - 4);
  expect(workos.events).toHaveLength(recorded - 4);
}, 60_000);
