import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Subject } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keepLive } from '../../../src/testing/local-workos/dashboard/live/live.connection.js';
import { LocalWorkOSServer } from '../../../src/testing/local-workos/local-workos.server.js';
import { LocalWorkOSState } from '../../../src/testing/local-workos/local-workos.state.js';
import type { LocalWorkOS } from '../../../src/testing/index.js';
import { post, start, wireEvent } from '../support.js';
import { Live, act, actionsOf, cursorOf, live, page } from './support.js';

describe('a live list', () => {
  it('goes on where its page ends: no gap, and nothing twice', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'on.page');
    const { text } = await page(workos);
    await act(workos, 'in.between');

    const messages = live(workos, `list=trail&since=${cursorOf(text)}`);
    expect(await messages.actionsUntil('in.between')).toEqual(['in.between']);
    await act(workos, 'after.it');
    const { data } = await messages.next('rows');

    expect(actionsOf(String(data.html))).toEqual(['after.it']);
    expect(data).toMatchObject({ fresh: false, matched: 3, text: '3 events' });
    expect(data.counts).toContain('after.it');
  });

  it('comes back with Last-Event-ID, however often and whenever it is cut', async () => {
    const workos = await start({ schemas: 'open' });
    const names = Array.from({ length: 120 }, (_, n) => `n.${n}`);
    const seen: string[] = [];
    let [sent, lastId] = [0, cursorOf((await page(workos)).text)];
    // Cut after a few each time, with some that come in while nobody listens.
    while (sent < names.length) {
      const messages = live(workos, 'list=trail&since=00000000.0', { 'last-event-id': lastId });
      await messages.next('hello');
      await act(workos, ...names.slice(sent, sent + 12));
      sent += 12;
      seen.push(...(await messages.actionsUntil(names[sent - 1] ?? '')));
      lastId = messages.lastId ?? '';
      messages.close();
      await act(workos, ...names.slice(sent, sent + 3));
      sent += 3;
    }
    const rest = live(workos, 'list=trail', { 'last-event-id': lastId });
    seen.push(...(await rest.actionsUntil(names.at(-1) ?? '')));

    expect(seen).toEqual(names);
  });

  it('is live under the filter of its URL', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'post.create');
    const messages = live(workos, 'list=trail&action=post.create&target=post_1');
    expect((await messages.next('rows')).data).toMatchObject({ fresh: true, matched: 1, text: '1 of 1 event' });

    await act(workos, 'user.login');
    const other = await messages.next('rows');
    // A day later, because the very same event is stored once only.
    await post(workos, wireEvent({ occurred_at: '2026-11-21T10:00:00.000Z' }));
    const one = await messages.next('rows');

    // What the filter keeps back is counted all the same.
    expect(other.data).toMatchObject({ html: '', matched: 1, text: '1 of 2 events' });
    expect(other.data.counts).toContain('user.login');
    expect(actionsOf(String(one.data.html))).toEqual(['post.create']);
    expect(one.data).toMatchObject({ matched: 2, text: '2 of 3 events' });
  });

  it('sends one page at the most, however much it has missed', async () => {
    const workos = await start({ schemas: 'open' });
    const { text } = await page(workos);
    await act(workos, ...Array.from({ length: 130 }, (_, n) => `n.${n}`));

    const { data } = await live(workos, `list=trail&since=${cursorOf(text)}`).next('rows');

    expect(data).toMatchObject({ fresh: true, matched: 130, text: '130 events, newest first' });
    expect(actionsOf(String(data.html))).toEqual(Array.from({ length: 50 }, (_, n) => `n.${129 - n}`));
  });

  it.each(['', 'rubbish', '00000000.7', '-1', '%00'])('begins anew with the cursor %j', async (since) => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'one.only');

    const { data } = await live(workos, `list=trail&since=${since}`).next('rows');

    expect(data.fresh).toBe(true);
    expect(actionsOf(String(data.html))).toEqual(['one.only']);
  });

  it('begins anew when the trail does', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'old.one');
    const messages = live(workos);
    await messages.next('rows');

    workos.reset();
    expect((await messages.next('rows')).data).toMatchObject({ fresh: true, html: '', matched: 0 });
    await act(workos, 'new.one');
    const { data } = await messages.next('rows');

    expect([data.fresh, actionsOf(String(data.html))]).toEqual([false, ['new.one']]);
  });

  it('is that of the refusals too', async () => {
    const workos = await start();
    const messages = live(workos, 'list=refused&status=400');
    expect((await messages.next('rows')).data).toMatchObject({ fresh: true, html: '' });

    await post(workos, wireEvent());
    const { data } = await messages.next('rows');
    await post(workos, {});
    const other = await messages.next('rows');

    expect(data).toMatchObject({ html: expect.stringContaining('has not been configured'), matched: 1 });
    expect(other.data).toMatchObject({ html: '', matched: 1, text: '1 of 2 requests' });
  });

  it('bundles what comes together', async () => {
    const workos = await start({ schemas: 'open' });
    const messages = live(workos);
    await messages.next('hello');
    let bundles = 0;
    const counted = (async () => {
      for (let matched = 0; matched < 200; bundles += 1) matched = Number((await messages.next('rows')).data.matched);
    })();
    await Promise.all(Array.from({ length: 200 }, (_, n) => post(workos, wireEvent({ action: `n.${n}` }))));
    await counted;

    expect(bundles).toBeLessThan(100);
  });
});

describe('a live connection', () => {
  it('tells the totals each second, which is its heartbeat as well', async () => {
    const workos = await start({ schemas: 'open' });
    const messages = live(workos, '');
    expect((await messages.next('hello')).data).toMatchObject({ totals: { trail: 0, refused: 0 } });
    await act(workos, 'one.only');
    await post(workos, {});

    expect((await messages.next('pulse')).data).toMatchObject({ totals: { trail: 1, refused: 1 } });
    expect((await messages.next('pulse')).id).toBeUndefined();
  });

  it('ends when the server stops, and goes on after it', async () => {
    const workos = await start({ schemas: 'open' });
    const messages = live(workos);
    await messages.next('rows');
    await workos.stop();
    await expect(messages.next('pulse')).rejects.toThrow('terminated');

    await workos.resume();
    await act(workos, 'after.it');

    const again = live(workos, 'list=trail', { 'last-event-id': messages.lastId ?? '' });
    expect(await again.actionsUntil('after.it')).toEqual(['after.it']);
  });

  it('leaves nothing behind when its tab is closed', async () => {
    const state = new LocalWorkOSState({ schemas: 'open' });
    const server = await LocalWorkOSServer.create(state, 0);
    await server.open();
    try {
      const url = `http://127.0.0.1:${server.port}/_local/live?list=trail`;
      const tabs = Array.from({ length: 20 }, () => new Live(url));
      for (const tab of tabs) await tab.next('hello');
      expect(state.traffic.refusals.observed).toBe(true);

      for (const tab of tabs) tab.close();

      await expect.poll(() => state.traffic.refusals.observed, { timeout: 10_000 }).toBe(false);
    } finally {
      await server.end();
    }
  });

  it('is told nothing more when it is closed', async () => {
    let pulses = 0;
    const changes = new Subject<void>();
    const content = { rows: undefined, changes, hello: () => ({}), pulse: () => ({ pulses: (pulses += 1) }) };
    const server = createServer((_, response) => keepLive(response, content)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const tab = new Live(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await tab.next('pulse');

    tab.close();
    server.closeAllConnections();
    const before = pulses;
    await new Promise((resolve) => setTimeout(resolve, 2500));

    expect(pulses).toBeLessThanOrEqual(before + 1);
  });

  it('answers HEAD without staying', async () => {
    const workos: LocalWorkOS = await start();
    expect((await fetch(`${workos.url}/_local/live`, { method: 'HEAD' })).status).toBe(200);
  });
});
