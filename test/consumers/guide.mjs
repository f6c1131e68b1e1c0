// Follows docs/02-ten-minutes.md from its first block to its last, in an application that `nest new` has just made, with the
// packed package. Nothing but the ports may differ. `--tarball <file>` takes one that is already packed.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack } from '../../scripts/pack.mjs';

const PATIENCE_MS = 90_000;
const root = fileURLToPath(new URL('../../', import.meta.url));
const { values: options } = parseArgs({ options: { tarball: { type: 'string' } } });

const folder = mkdtempSync(join(tmpdir(), 'guide-'));
const app = join(folder, 'my-app');
// The Node that runs this, and not whichever `npm` was installed with.
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
const running = new Map();
let trail;

try {
  const tarball = options.tarball ?? pack(folder).tarball;
  const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  run(folder, [process.execPath, nest, 'new', 'my-app', '--package-manager', 'npm', '--skip-install', '--skip-git']);
  cpSync(tarball, join(app, 'package.tgz'));
  env.PORT = String(await freePort());
  const guide = readFileSync(join(root, 'docs/02-ten-minutes.md'), 'utf8');
  for (const [, language, text] of guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    if (language === 'ts') writeFileSync(join(app, 'src', /^\/\/ (\S+)\n/.exec(text)[1]), text);
    else for (const line of text.trim().split('\n')) await follow(line);
  }
  await arrives('the first event');

  // "Now stop the stand-in, delete another post, and start it again."
  await stop('npx workos-audit local');
  await follow('curl -X DELETE http://localhost:3000/posts/p2');
  await follow('npx workos-audit local --organization org_acme');
  await arrives('the event of the outage');
  await stop('npm run start');
  process.stdout.write('ok the guide: two events, one of them in an outage\n');
} finally {
  for (const name of running.keys()) await stop(name);
  rmSync(folder, { recursive: true, force: true });
}

/** Does what the line of a `sh` block says. */
async function follow(line) {
  if (line.startsWith('export ')) {
    for (const [, name, value] of line.matchAll(/(\w+)=(\S+)/g)) env[name] ??= value;
  } else if (line.startsWith('npm install ')) {
    const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    run(app, [...line.replace('nestjs-workos-audit', './package.tgz').split(' '), ...flags]);
  } else if (line.startsWith('npx workos-audit local')) {
    const said = await start(
      'npx workos-audit local',
      `${line} --port ${env.WORKOS_API_PORT ?? (await freePort())}`,
      /Ctrl-C/,
    );
    [, trail, env.WORKOS_API_PORT] = /(http:\/\/127\.0\.0\.1:(\d+))/.exec(said);
  } else if (line === 'npm run start') {
    await start(line, line, /successfully started/);
  } else if (line.startsWith('curl ')) {
    run(app, [
      ...line.replace('localhost:3000', `localhost:${env.PORT}`).split(' '),
      '--silent',
      '--show-error',
      '--fail',
    ]);
  } else {
    run(app, line.split(' '));
  }
}

async function arrives(what) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { events } = await (await fetch(`${trail}/_local/events`)).json();
    if (events.length > 0) {
      const [{ action, actor, targets, metadata, version }] = events;
      const ids = targets.map(({ type, id }) => `${type}:${id}`).toSorted();
      assert.equal(action, 'post.delete');
      assert.equal(actor.name, 'Ada Lovelace');
      assert.deepEqual(
        ids.filter((id) => !id.startsWith('post:')),
        ['team:directory_group_1', 'user:user_ada'],
      );
      assert.deepEqual(metadata, { title: 'Hello' });
      assert.equal(version, 1);
      return;
    }
    assert.ok(
      Date.now() < deadline,
      `${what} did not arrive:\n${[...running.values()].map(({ said }) => said).join('\n')}`,
    );
    await sleep(100);
  }
}

/** Starts what does not end, and gives what it said once that matches. */
async function start(name, line, sign) {
  const [command, ...args] = line.split(' ');
  const child = spawn(command, args, { cwd: app, env, detached: true });
  const one = { child, said: '', ended: new Promise((resolve) => child.once('close', resolve)) };
  running.set(name, one);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      one.said += text;
    });
  }
  const deadline = Date.now() + PATIENCE_MS;
  while (!sign.test(one.said)) {
    assert.ok(child.exitCode === null && Date.now() < deadline, `'${line}' did not start:\n${one.said}`);
    await sleep(50);
  }
  return one.said;
}

/** Ctrl-C, which a terminal sends to the whole group. */
async function stop(name) {
  const { child, ended } = running.get(name);
  if (child.exitCode === null) process.kill(-child.pid, 'SIGINT');
  await ended;
  running.delete(name);
}

function run(cwd, [command, ...args]) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: 300_000 });
  if (status === 0) return stdout;
  throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
