import { describe, expect, it } from 'vitest';
import type { LocalWorkOS } from '../../src/testing/index.js';
import { post, read, send, start, wireEvent } from './support.js';

const ATTACK = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
const attacked = wireEvent({
  action: ATTACK,
  actor: { id: ATTACK, type: ATTACK, name: ATTACK },
  targets: [{ id: ATTACK, type: ATTACK, name: ATTACK, metadata: { k: ATTACK } }],
  context: { location: ATTACK, user_agent: ATTACK },
  metadata: { k: ATTACK },
});

interface Update {
  readonly fresh: boolean;
  readonly events: { readonly count: number; readonly html: string };
  readonly refused: { readonly count: number; readonly html: string };
}

/** The live page's event stream, one update after the other. */
async function* stream(workos: LocalWorkOS): AsyncGenerator<Update, void> {
  const { body } = await fetch(`${workos.url}/_local/trail`);
  let text = '';
  for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const [, data] = /^data: (.*)$/m.exec(message) ?? [];
      if (data !== undefined) yield JSON.parse(data) as Update;
    }
  }
}

async function next(updates: AsyncGenerator<Update, void>): Promise<Update> {
  const { value } = await updates.next();
  if (value === undefined) throw new Error('the stream has ended');
  return value;
}

describe('the live page', () => {
  it('shows the trail, newest first, with all that a row needs', async () => {
    const workos = await start({ schemas: 'open' });
    await post(workos, wireEvent({ action: 'first.one' }));
    await post(
      workos,
      wireEvent({
        action: 'second.one',
        actor: { id: 'prof_9', type: 'user', name: 'Ada' },
        targets: [
          { id: 'p1', type: 'post', name: 'Hello' },
          { id: 't1', type: 'team' },
        ],
        context: { location: '203.0.113.7', user_agent: 'Firefox' },
      }),
    );

    const { status, text, headers } = await read(await fetch(workos.url));

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text.indexOf('second.one')).toBeLessThan(text.indexOf('first.one'));
    for (const part of [
      '<span>Ada</span>',
      'post Hello, team t1',
      'Local Org, from 203.0.113.7, Firefox',
      '10:00:00',
      'user prof_1',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain('&quot;id&quot;: &quot;prof_9&quot;');
  });

  it('shows what was refused, and why', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post', 'user'] });
    await post(workos, wireEvent());

    const { text } = await read(await fetch(workos.url));

    expect(text).toContain('POST /audit_logs/events');
    expect(text).toContain('target types sent: post; the schema wants exactly: post, user');
  });

  it('lets nothing of an event become HTML', async () => {
    const workos = await start({ schemas: 'open' });
    await post(workos, attacked);
    await post(workos, wireEvent({ action: { [ATTACK]: ATTACK } }));
    workos.addOrganization({ id: 'org_attack', name: ATTACK });
    await send(workos, 'POST', '/audit_logs/events', { organization_id: 'org_attack', event: attacked });
    await send(workos, 'GET', `/${encodeURIComponent(ATTACK)}?${ATTACK}`);

    const { text } = await read(await fetch(workos.url));
    const update = await next(stream(workos));
    const { json } = await send(workos, 'POST', '/portal/generate_link', {
      organization: 'org_attack',
      intent: 'audit_logs',
    });
    const portal = await read(await fetch((json as { link: string }).link));

    expect(update.events.count).toBe(2);
    for (const html of [text, update.events.html, update.refused.html, portal.text]) {
      expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(html).not.toMatch(/<script>alert|<img/);
    }
    // The page has one script, its own, and each attribute is still inside its quotes.
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).not.toMatch(/=""'/);
  });

  it('may run its own script only, load nothing and be framed by nobody', async () => {
    const workos = await start();

    const [one, two] = [await read(await fetch(workos.url)), await read(await fetch(workos.url))];
    const policy = one.headers.get('content-security-policy') ?? '';
    const [, nonce = ''] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];

    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(nonce.length).toBeGreaterThanOrEqual(16);
    expect(one.text).toContain(`<script nonce="${nonce}">`);
    expect(two.text).not.toContain(nonce);
    expect(one.text).not.toMatch(/(?:src|href)="(?!data:,)/);
    expect(one.text).not.toMatch(/ on\w+="/);
    expect(one.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is accessible: a language, a title, one main, headings, labelled switches and states', async () => {
    const { text } = await read(await fetch((await start()).url));

    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(text).toMatch(/<title>[^<]+<\/title>/);
    expect(text.match(/<main/g)).toHaveLength(1);
    expect(text.match(/<h1/g)).toHaveLength(1);
    expect(text.match(/<h2/g)).toHaveLength(2);
    expect(text).toContain('<legend>');
    expect(text.match(/role="status"/g)).toHaveLength(2);
  });

  it('is not among the requests', async () => {
    const workos = await start();
    await fetch(workos.url);
    await fetch(`${workos.url}/_local/events`);
    await fetch(`${workos.url}/_local/none`);
    await fetch(`${workos.url}/favicon.ico`);

    expect([workos.requests, workos.refused]).toEqual([[], []]);
  });
});

describe('the event stream', () => {
  it('begins with what there is, goes on with what comes, and starts anew after reset()', async () => {
    const workos = await start({ schemas: 'open' });
    await post(workos, wireEvent({ action: 'first.one' }));
    const updates = stream(workos);

    const now = await next(updates);
    await post(workos, wireEvent({ action: 'second.one' }));
    const later = await next(updates);
    await post(workos, {});
    const refused = await next(updates);
    workos.reset();
    const anew = await next(updates);
    await updates.return();

    expect([now.fresh, now.events.count]).toEqual([true, 1]);
    expect(now.events.html).toContain('first.one');
    expect([later.fresh, later.events.count]).toEqual([false, 2]);
    expect(later.events.html).toContain('second.one');
    expect(later.events.html).not.toContain('first.one');
    expect([refused.refused.count, refused.events.html]).toEqual([1, '']);
    expect(anew).toEqual({ fresh: true, events: { count: 0, html: '' }, refused: { count: 0, html: '' } });
  });

  it('ends when the server stops', async () => {
    const workos = await start();
    const updates = stream(workos);
    await next(updates);

    await workos.stop();

    await expect(updates.next()).rejects.toThrow('terminated');
  });
});

describe('the trail as JSON', () => {
  it('is the stored events', async () => {
    const workos = await start({ schemas: 'open' });
    await post(workos, wireEvent());

    const { json } = await read(await fetch(`${workos.url}/_local/events`));

    expect(json).toEqual({ events: JSON.parse(JSON.stringify(workos.events)) as unknown });
  });
});

describe('the fault switches', () => {
  const flip = async (workos: LocalWorkOS, kind: string, headers: Record<string, string> = {}) =>
    read(await fetch(`${workos.url}/_local/fault`, { method: 'POST', body: new URLSearchParams({ kind }), headers }));

  it('make events fail, until they are healed', async () => {
    const workos = await start({ schemas: 'open' });

    await flip(workos, '503');
    expect((await post(workos, wireEvent())).status).toBe(503);
    await flip(workos, '429');
    const limited = await post(workos, wireEvent());
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '5']);
    await flip(workos, 'hang');
    const hanging = post(workos, wireEvent()).catch(() => 'cut');
    while (workos.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
    const healed = await flip(workos, 'heal');

    expect(healed.json).toEqual({ message: 'No faults: events are handled as usual.' });
    expect(await hanging).toBe('cut');
    expect((await post(workos, wireEvent())).status).toBe(200);
  });

  it('take JSON as the page sends it', async () => {
    const workos = await start();

    const answer = await send(
      workos,
      'POST',
      '/_local/fault',
      { kind: '503' },
      { origin: workos.url, 'sec-fetch-site': 'same-origin' },
    );

    expect(answer.json).toEqual({ message: 'Every event now meets a 503.' });
  });

  it.each(['explode', ''])('do not know %j', async (kind) => {
    expect((await flip(await start(), kind)).status).toBe(422);
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example' }],
    ['another port of this machine', { origin: 'http://localhost:3000' }],
    ['nowhere', { origin: 'null' }],
    ['a browser that says cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['a browser that says same-site', { 'sec-fetch-site': 'same-site' }],
  ])('cannot be flipped from %s', async (_, headers) => {
    const workos = await start({ schemas: 'open' });

    expect((await flip(workos, '503', headers)).status).toBe(403);
    expect((await post(workos, wireEvent())).status).toBe(200);
  });
});
