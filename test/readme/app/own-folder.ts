import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** The guide's outbox is a file below the working directory; each test file gets one of its own. */
export function inFolderOfItsOwn(): void {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  process.chdir(folder);
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  });
}
