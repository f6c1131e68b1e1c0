// Installs the packed package into fresh applications outside the repository, compiles and starts them, and proves that
// their events arrive. `--tarball <file>` takes one that is already packed; names of consumers run only these.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack } from '../../scripts/pack.mjs';

/** Without `require(esm)` Node does not know `module-sync` either: CommonJS gets dist/cjs. */
const NO_MODULE_SYNC = '--no-experimental-require-module';

/** Every way in which TypeScript finds the declarations, beside that of the consumer's own tsconfig.json. */
const RESOLUTIONS = [
  { module: 'Node16', moduleResolution: 'Node16' },
  { module: 'NodeNext', moduleResolution: 'NodeNext' },
  { module: 'ESNext', moduleResolution: 'Bundler' },
];

/** What each consumer's failing.spec.ts must say; each of its tests must fail. */
const FAILURES = [
  /targets\.post: expected StringMatching \/\^draft_\/, recorded 'post_1'/,
  /Expected 'post\.create' to be audited:/,
  /Expected 'post\.publish' not to be audited:/,
  /Expected 'post\.publish' to be audited 2 times \(it was once\):/,
  /Waited 10 ms in vain for 'post\.create':/,
];

/** The majors of Node that are supported, beside the one that runs this. */
const OTHER_NODES = ['22', '26'].filter((version) => !process.versions.node.startsWith(`${version}.`));

/** What is proven of each, once it is compiled. */
const consumers = {
  'nest12-esm': ({ cwd, node, runWith, fails, resolved }) => {
    assert.match(resolved(), /dist\/esm/);
    const proofs = [
      `ESM ${node('dist/prove.js')}`,
      `Fastify ${runWith({ PLATFORM: 'fastify' }, process.execPath, 'dist/prove.js')}`,
      `bundled ${bundled(runWith)}`,
      `two copies ${twoCopies(cwd, runWith)}`,
      ...OTHER_NODES.map((version) => `Node ${version} ${runWith({}, ...nodeOf(version), 'dist/prove.js')}`),
    ];
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=tap-flat'];
    node(...vitest, '--exclude=**/failing.spec.ts');
    const failing = fails(...vitest, 'failing');
    for (const message of FAILURES) assert.match(failing, message);
    assert.doesNotMatch(failing, /^ok /m, 'a test that must fail passes');
    node('--test', 'dist/audit.node-test.js');
    return [...proofs, 'Vitest', 'node:test'];
  },
  'nest11-cjs': ({ node, runWith, fails, resolved }) => {
    assert.match(resolved(), /dist\/esm/);
    assert.match(resolved(NO_MODULE_SYNC), /dist\/cjs/);
    const proofs = [
      `require ${node('dist/prove.js')}`,
      `require without module-sync ${node(NO_MODULE_SYNC, 'dist/prove.js')}`,
      `Fastify ${runWith({ PLATFORM: 'fastify' }, process.execPath, 'dist/prove.js')}`,
    ];
    const jest = ['node_modules/jest/bin/jest.js', '--rootDir', 'dist', '--silent'];
    node(...jest, '--testPathIgnorePatterns', 'failing');
    const failing = fails(...jest, 'failing');
    for (const message of FAILURES) assert.match(failing, message);
    assert.match(failing, /^Tests: +5 failed, 5 total$/m, 'a test that must fail passes');
    return [...proofs, 'Jest'];
  },
};

const { values: options, positionals } = parseArgs({
  options: { tarball: { type: 'string' } },
  allowPositionals: true,
});
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'consumers-'));
try {
  const tarball = options.tarball ?? pack(folder).tarball;
  for (const name of positionals.length > 0 ? positionals : Object.keys(consumers)) {
    try {
      process.stdout.write(`ok ${name}: ${prove(name, tarball)}\n`);
    } catch (error) {
      process.stdout.write(`FAILED ${name}: ${error.message}\n`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function prove(name, tarball) {
  const cwd = join(folder, name);
  cpSync(join(here, name), cwd, { recursive: true });
  cpSync(join(here, 'app'), join(cwd, 'src'), { recursive: true });
  cpSync(tarball, join(cwd, 'nestjs-workos-audit.tgz'));

  run(cwd, 'npm', ['install', '--strict-peer-deps', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
  run(cwd, 'npm', ['ls', '--all', '--silent']); // fails on a peer that is missing or invalid

  const runWith = (env, command, ...args) => run(cwd, command, args, env).trim();
  const node = (...args) => runWith({}, process.execPath, ...args);
  const tsc = (...args) => node('node_modules/typescript/bin/tsc', ...args);
  tsc();
  for (const { module, moduleResolution } of RESOLUTIONS) {
    tsc('--noEmit', '--module', module, '--moduleResolution', moduleResolution);
  }

  const same = `import { createRequire } from 'node:module';
    import * as imported from 'nestjs-workos-audit';
    import * as testing from 'nestjs-workos-audit/testing';
    const require = createRequire(process.cwd() + '/');
    console.log(require('nestjs-workos-audit').AuditModule === imported.AuditModule,
      require('nestjs-workos-audit/testing').LocalWorkOS === testing.LocalWorkOS);`;
  assert.equal(node('--input-type=module', '-e', same), 'true true', 'import and require load two copies');

  const fails = (...args) => {
    const { status, stdout, stderr } = spawn(cwd, process.execPath, args);
    assert.equal(status, 1, `${args.join(' ')} did not fail:\n${stdout}${stderr}`);
    return stdout + stderr;
  };
  const resolved = (...flags) => node(...flags, '-p', `require.resolve('nestjs-workos-audit')`);
  const proofs = consumers[name]({ cwd, node, runWith, fails, resolved });
  return `${versions(cwd)}: ${proofs.join(', ')}`;
}

/** The application in one file, as a deployment to functions or a single executable wants it. */
function bundled(runWith) {
  // What Nest loads where it is installed.
  const externals = ['@nestjs/microservices*', '@nestjs/websockets*', '@fastify/*', 'class-*', '@opentelemetry/api'];
  const flags = ['--bundle', '--platform=node', '--format=esm', '--target=node22', '--outfile=bundle/main.mjs'];
  // What is CommonJS inside asks for `require`.
  const banner = `--banner:js=import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`;
  const external = externals.map((one) => `--external:${one}`);
  runWith({}, 'node_modules/esbuild/bin/esbuild', 'dist/main.js', ...flags, banner, ...external, '--log-level=error');
  return runWith({ MAIN: 'bundle/main.mjs' }, process.execPath, 'dist/prove.js');
}

/** As in a monorepo, in which a library brings a copy of its own: its `@Audited` records through the application's module. */
function twoCopies(cwd, runWith) {
  const second = join(cwd, 'dist/billing/node_modules/nestjs-workos-audit');
  cpSync(join(cwd, 'node_modules/nestjs-workos-audit'), second, { recursive: true });
  return runWith({}, process.execPath, 'dist/billing/prove.js');
}

/** Another Node, by the npm package of that name. */
function nodeOf(version) {
  return ['npx', '-y', '-p', `node@${version}`, '--', 'node'];
}

function run(cwd, command, args, env) {
  const { status, stdout, stderr, error } = spawn(cwd, command, args, env);
  if (status === 0) return stdout;
  throw error ?? new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${status}:\n${stdout}${stderr}`);
}

function spawn(cwd, command, args, env = {}) {
  const all = { ...process.env, NO_COLOR: '1', ...env };
  return spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000, env: all });
}

function versions(cwd) {
  const version = (name) => JSON.parse(readFileSync(join(cwd, 'node_modules', name, 'package.json'), 'utf8')).version;
  return (
    `Nest ${version('@nestjs/core')}, SDK ${version('@workos-inc/node')}, ` +
    `TypeScript ${version('typescript')}, Node ${process.versions.node}`
  );
}
