import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Packs the package, freshly built (see `prepack`), into a folder, and answers the tarball and the files in it. */
export function pack(folder) {
  const output = execFileSync('npm', ['pack', '--silent', '--json', '--pack-destination', folder], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [packed] = Object.values(JSON.parse(output));
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}
