import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BlogTest, writePost } from './support/blog-test.js';

describe('stopping the blog', () => {
  it('sends what waits', async () => {
    const blog = await BlogTest.start();
    const browser = await blog.signIn('ada@acme.example');
    await writePost(browser);
    await blog.app.close();
    expect(blog.workos.events.map(({ action }) => action).toSorted()).toEqual(['post.create', 'user.login']);
  });

  it('answers the request that is under way, and sends its event', async () => {
    const blog = await BlogTest.start();
    const browser = blog.browser();
    const callback = await browser.authorize('ada@acme.example');
    blog.workos.fail({ path: '/directory_users', delayMs: 300 });
    const answer = browser.get(callback.pathname + callback.search, { follow: false });
    await sleep(100);
    await blog.app.close();
    expect((await answer).status).toBe(303);
    expect(blog.workos.events.map(({ action }) => action)).toEqual(['user.login']);
  });

  it('keeps what WorkOS could not take, for the next start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'blog-outbox-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const config = { outboxPath: join(folder, 'outbox.db') };
    const blog = await BlogTest.start({ config });
    const browser = await blog.signIn('ada@acme.example');
    // Arrived, and noted as delivered: a socket that is cut in between would leave two that wait.
    await expect.poll(async () => (await blog.audit.stats()).delivered).toBe(1);
    await blog.workos.stop();
    await writePost(browser);
    await blog.app.close();
    expect(blog.logs.find('log', '1 audit events wait in the outbox')).toHaveLength(1);
    const next = await BlogTest.start({ config });
    expect((await next.workos.waitForEvents(1))[0]).toMatchObject({
      action: 'post.create',
      actor: { name: 'Ada Lovelace' },
    });
  });

  it('does not wait for a connection on which nothing is said', async () => {
    const blog = await BlogTest.start();
    const socket = connect(Number(new URL(blog.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const started = Date.now();
    await blog.app.close();
    expect(Date.now() - started).toBeLessThan(3_000);
    socket.destroy();
  });
});
