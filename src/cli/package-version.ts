import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the package that this program is part of. */
export function packageVersion(): string {
  let folder = dirname(realpathSync(process.argv[1] ?? '.'));
  for (;;) {
    const { name, version } = manifestIn(folder);
    if (name === 'nestjs-workos-audit' && version !== undefined) return version;
    if (dirname(folder) === folder) return 'unknown';
    folder = dirname(folder);
  }
}

function manifestIn(folder: string): { name?: string; version?: string } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string; version?: string };
  } catch {
    return {};
  }
}
