import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { LocalWorkOS } from '../../../src/testing/index.js';
import { post, read, send, start, wireEvent } from '../support.js';
import { live, page } from './support.js';

const flip = async (workos: LocalWorkOS, kind: string, headers: Record<string, string> = {}, back?: string) => {
  const body = new URLSearchParams({ kind, ...(back !== undefined && { back }) });
  return read(await fetch(`${workos.url}/_local/fault`, { method: 'POST', body, headers, redirect: 'manual' }));
};

/** What a browser sends with a form. */
const asBrowser = (workos: LocalWorkOS) => ({
  accept: 'text/html,application/xhtml+xml',
  origin: workos.url,
  'sec-fetch-site': 'same-origin',
});

describe('the fault switches', () => {
  it.each<[string, number, string | null, string]>([
    ['503', 503, null, 'application/json; charset=utf-8'],
    ['429', 429, '5', 'application/json; charset=utf-8'],
    ['429-plain', 429, null, 'application/json; charset=utf-8'],
    ['401', 401, null, 'application/json; charset=utf-8'],
    ['html', 502, null, 'text/html; charset=utf-8'],
  ])(
    'make every event meet %s, and nothing else, until it is back to normal',
    async (kind, status, retryAfter, type) => {
      const workos = await start({ schemas: 'open' });

      await flip(workos, kind);
      const answer = await post(workos, wireEvent());
      const other = await send(workos, 'GET', '/organizations/org_local');
      await flip(workos, 'heal');

      expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('content-type')]).toEqual([
        status,
        retryAfter,
        type,
      ]);
      expect(other.status).toBe(200);
      expect((await post(workos, wireEvent())).status).toBe(200);
      expect(workos.events).toHaveLength(1);
    },
  );

  it.each(['reset', 'reset-after', 'hang'])('cut the connection: %s', async (kind) => {
    const workos = await start({ schemas: 'open' });

    await flip(workos, kind);
    const cut = post(workos, wireEvent()).catch(() => 'cut');
    await expect.poll(() => workos.requests.length).toBe(1);
    if (kind === 'hang') await flip(workos, 'heal');

    expect(await cut).toBe('cut');
    expect(workos.events).toHaveLength(kind === 'reset-after' ? 1 : 0);
  });

  it('make WorkOS slow', async () => {
    const workos = await start({ schemas: 'open' });

    await flip(workos, 'slow');
    const slow = post(workos, wireEvent());
    await expect.poll(() => workos.requests.length).toBe(1);

    expect(workos.events).toHaveLength(0);
    expect((await slow).status).toBe(200);
    expect(workos.events).toHaveLength(1);
  });

  it('are a form, which leads back to its page, and only there', async () => {
    const workos = await start();
    const back = async (path: string): Promise<string | null> =>
      (await flip(workos, '503', asBrowser(workos), path)).headers.get('location');

    expect((await flip(workos, '503', asBrowser(workos), '/?q=a+b&actor=%C3%A4')).status).toBe(303);
    expect(await back('/?q=a+b&actor=%C3%A4')).toBe('/?q=a+b&actor=%C3%A4');
    expect(await back('/_local/refused?status=503')).toBe('/_local/refused?status=503');
    for (const path of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/\r\nx: y',
      'javascript:alert(1)',
      '',
    ]) {
      expect(await back(path)).toBe('/');
    }
  });

  it('show on every page which one is on, also one of code', async () => {
    const workos = await start();
    const banner = async (): Promise<string | undefined> =>
      /<form class="banner".*?<p role="status">(.*?)<\/p>/s.exec((await page(workos, '/_local/schemas')).text)?.[1];

    expect(await banner()).toBeUndefined();
    await flip(workos, '503');
    expect(await banner()).toBe('WorkOS answers every event with 503.');
    expect((await page(workos)).text).toMatch(/value="503"[^>]* aria-pressed="true"/);
    const undo = workos.fail({ status: 418 });
    expect(await banner()).toBe('2 faults of your code are on.');
    workos.heal();
    undo();
    workos.fail({ hang: true });
    expect(await banner()).toBe('A fault of your code is on.');
    await flip(workos, 'heal');
    expect(await banner()).toBeUndefined();
  });

  it('are told to all pages that are open', async () => {
    const workos = await start();
    const messages = live(workos, '');
    expect((await messages.next('hello')).data).toMatchObject({ fault: { kind: 'heal', banner: '' } });

    await flip(workos, '429');

    const { data } = await messages.next('pulse');
    expect(data).toMatchObject({ fault: { kind: '429', banner: expect.stringContaining('Retry-After: 5') } });
  });

  it('take JSON, and answer it', async () => {
    const workos = await start();
    const answer = await send(workos, 'POST', '/_local/fault', { kind: '503' }, { origin: workos.url });

    expect(answer.json).toEqual({ kind: '503', message: 'WorkOS answers every event with 503.' });
  });

  it.each(['explode', '', '__proto__'])('do not know %j', async (kind) => {
    const { status, text } = await flip(await start(), kind);
    expect(status).toBe(422);
    expect(text).toContain('kind must be one of: 503, 429, ');
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example' }],
    ['another port of this machine', { origin: 'http://localhost:3000' }],
    ['nowhere', { origin: 'null' }],
    ['a browser that says cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['a browser that says same-site', { 'sec-fetch-site': 'same-site' }],
  ])('cannot be thrown from %s', async (_, headers) => {
    const workos = await start({ schemas: 'open' });

    expect((await flip(workos, '503', headers)).status).toBe(403);
    expect((await post(workos, wireEvent())).status).toBe(200);
  });
});

describe('every page of the dashboard', () => {
  /** fetch() does not let one choose the Host. */
  const statusFor = (workos: LocalWorkOS, host: string, path: string, method = 'GET') =>
    new Promise<number | undefined>((resolve, reject) => {
      request({ port: workos.port, host: '127.0.0.1', path, method, headers: { host } }, (response) => {
        response.destroy();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });

  it.each(['/', '/_local/live', '/_local/refused', '/_local/schemas', '/_local/events', '/_local/assets/dashboard.js'])(
    'is for loopback names only, so that no other site can read it by rebinding its name: %s',
    async (path) => {
      const workos = await start();

      expect(await statusFor(workos, `localhost:${workos.port}`, path)).toBe(200);
      expect(await statusFor(workos, `evil.example:${workos.port}`, path)).toBe(403);
      expect(await statusFor(workos, `127.0.0.1.evil.example`, path)).toBe(403);
    },
  );

  it('takes no fault under another name', async () => {
    const workos = await start();
    expect(await statusFor(workos, 'evil.example', '/_local/fault', 'POST')).toBe(403);
  });
});
