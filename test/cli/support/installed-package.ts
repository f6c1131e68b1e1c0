import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = new URL('../../../', import.meta.url).pathname;
const builds = `${root}build/cli-under-test`;

/**
 * Builds the package as it is now and puts it into a `node_modules`, as `npm install` would. Once for all test files,
 * which run at the same time: one builds, the others wait for it.
 *
 * @returns the folder that has the `node_modules`
 */
export async function installPackage(): Promise<string> {
  const folder = `${builds}/${await fingerprint()}`;
  await mkdir(builds, { recursive: true });
  const first = await mkdir(`${folder}.building`).then(
    () => true,
    () => false,
  );
  if (!first && (await appears(folder))) return folder;
  try {
    if (!(await exists(folder))) await build(folder);
  } finally {
    await rm(`${folder}.building`, { recursive: true, force: true });
  }
  return folder;
}

async function build(folder: string): Promise<void> {
  await removeOld();
  const unfinished = `${folder}.${process.pid}.tmp`;
  const target = `${unfinished}/node_modules/nestjs-workos-audit`;
  // Whether the types are right is for `npm run typecheck` to say.
  const flags = ['-p', 'tsconfig.build.json', '--outDir', `${target}/dist/esm`, '--noCheck', '--declaration', 'false'];
  await promisify(execFile)(process.execPath, [`${root}node_modules/typescript/bin/tsc`, ...flags], { cwd: root });
  await copyFile(`${root}package.json`, `${target}/package.json`);
  await rename(unfinished, folder);
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(`${root}src`, { recursive: true })).filter((file) => file.endsWith('.ts')).toSorted();
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.build.json', ...files.map((one) => `src/${one}`)]) {
    const { size, mtimeMs } = await stat(root + file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Waits for another to build it. @returns false if it never comes, because that one was killed */
async function appears(folder: string): Promise<boolean> {
  while (!(await exists(folder))) {
    const { mtimeMs } = await stat(`${folder}.building`).catch(() => ({ mtimeMs: 0 }));
    if (Date.now() - mtimeMs > 30_000) return exists(folder);
    await sleep(100);
  }
  return true;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Builds of an hour ago belong to no run of today. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(builds)) {
    const { mtimeMs } = await stat(`${builds}/${name}`).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 3_600_000) await rm(`${builds}/${name}`, { recursive: true, force: true });
  }
}
