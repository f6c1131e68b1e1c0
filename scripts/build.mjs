// Two passes of tsc: ESM for `import` and for `require` on Node ≥ 22.12 (the `module-sync` condition), CommonJS for
// tools that know neither, such as Jest. The extra package.json marks the second half as CommonJS.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
for (const project of ['tsconfig.build.json', 'tsconfig.cjs.json']) {
  execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', project], {
    cwd: root,
    stdio: 'inherit',
  });
}
writeFileSync(`${root}dist/cjs/package.json`, '{ "type": "commonjs" }\n');
chmodSync(`${root}dist/esm/cli/main.js`, 0o755);
