// Is what would be published complete, and nothing else, and does it resolve for every consumer?
// `--tarball <file>` keeps the checked tarball there.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack } from './pack.mjs';

const EXPECTED = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];

const { values: options } = parseArgs({ options: { tarball: { type: 'string' } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'package-'));
try {
  const { tarball, files } = pack(folder);
  const others = files.filter((file) => !file.startsWith('dist/'));
  if (others.toSorted().join() !== EXPECTED.join()) {
    throw new Error(`beside dist the package must contain ${EXPECTED.join(', ')}; it contains ${others.join(', ')}`);
  }
  process.stdout.write(`${files.length} files: dist, ${others.join(', ')}\n`);
  run('publint', ['run', '--strict', tarball]);
  run('attw', ['--no-color', '--no-emoji', '--format', 'table-flipped', tarball]);
  if (options.tarball) copyFileSync(tarball, options.tarball);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(tool, args) {
  execFileSync(join(root, 'node_modules/.bin', tool), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}
