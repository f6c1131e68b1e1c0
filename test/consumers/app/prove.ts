// Starts LocalWorkOS here and the application in a process of its own, calls it, and looks at what arrived.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { LocalWorkOS } from 'nestjs-workos-audit/testing';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

async function main(): Promise<void> {
  const workos = await LocalWorkOS.start();
  workos.defineSchema('post.create', { targets: ['post', 'user', 'team'], metadata: { title: 'string' } });
  workos.defineSchema('post.publish', { targets: ['post', 'user', 'team'] });
  const app = spawn(
    process.execPath,
    [...process.execArgv, process.env.MAIN ?? join(dirname(process.argv[1] ?? ''), 'main.js')],
    {
      env: { ...process.env, WORKOS_API_KEY: workos.apiKey, WORKOS_PORT: String(workos.port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const url = await urlOf(app);
    const created = await fetch(`${url}/posts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Hello' }),
    });
    assert.equal(created.status, 201);
    assert.deepEqual(await created.json(), { id: 'post_1', title: 'Hello' });
    assert.equal((await fetch(`${url}/posts/post_1/publish`, { method: 'POST' })).status, 201);

    const event = await workos.waitFor(({ action }) => action === 'post.create');
    const byHand = await workos.waitFor(({ action }) => action === 'post.publish');
    assert.equal(event.actor.id, 'user_ada');
    assert.equal(event.organizationId, 'org_local');
    assert.deepEqual(event.targets.map(({ type, id }) => `${type} ${id}`).toSorted(), [
      'post post_1',
      'team group_eng',
      'user user_ada',
    ]);
    assert.deepEqual(event.metadata, { title: 'Hello' });
    assert.equal(event.context.location, '127.0.0.1');
    for (const { idempotencyKey } of [event, byHand]) assert.match(idempotencyKey ?? '', UUID);
    assert.deepEqual(workos.refused, []);

    const ended = once(app, 'exit');
    app.kill('SIGTERM');
    assert.deepEqual(await ended, [null, 'SIGTERM']);
    process.stdout.write(`${workos.events.length} events\n`);
  } finally {
    app.kill('SIGKILL');
    await workos.close();
  }
}

async function urlOf(app: ChildProcess): Promise<string> {
  assert.ok(app.stdout);
  for await (const line of createInterface({ input: app.stdout })) {
    const url = /^listening on (.*)$/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('the application ended before it listened');
}

void main();
