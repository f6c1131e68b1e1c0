import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
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
