import { describe, expect, it } from 'vitest';
import type { LocalWorkOS } from '../../../src/testing/index.js';
import { post, start, wireEvent } from '../support.js';
import { ATTACK, act, actionsOf, page } from './support.js';

/** Four events that differ in everything that can be filtered by. */
async function startWithFour(): Promise<LocalWorkOS> {
  const workos = await start({ schemas: 'open' });
  const ada = { id: 'prof_ada', type: 'user', name: 'Ada Lovelace' };
  const grace = { id: 'prof_grace', type: 'user', name: 'Grace Hopper', metadata: { email: 'grace@acme.example' } };
  const onPost = [
    { id: 'p1', type: 'post', name: 'Hello world' },
    { id: 'team_1', type: 'team', name: 'Editors' },
  ];
  const events = [
    { action: 'post.create', actor: ada, targets: onPost, occurred_at: '2026-11-20T10:00:00.000Z' },
    { action: 'post.delete', actor: grace, targets: onPost, occurred_at: '2026-11-20T10:00:30.500Z' },
    {
      action: 'user.login',
      actor: ada,
      context: { location: '198.51.100.9' },
      occurred_at: '2026-11-20T12:30:00+02:00',
    },
    { action: 'user.invite', actor: grace, metadata: { seats: 3 }, occurred_at: '2026-11-20T11:00:00.000Z' },
  ];
  for (const event of events) expect((await post(workos, wireEvent(event))).status).toBe(200);
  return workos;
}

const ALL = ['user.invite', 'user.login', 'post.delete', 'post.create'];

describe('the trail', () => {
  it('shows events newest first, with all that a row needs', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'first.one', 'second.one');
    const context = { location: '203.0.113.7', user_agent: 'Firefox' };
    const targets = [
      { id: 'p1', type: 'post', name: 'Hello' },
      { id: 't1', type: 'team' },
    ];
    await post(
      workos,
      wireEvent({ action: 'third.one', actor: { id: 'prof_9', type: 'user', name: 'Ada' }, targets, context }),
    );

    const { status, text, headers } = await page(workos);

    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(actionsOf(text)).toEqual(['third.one', 'second.one', 'first.one']);
    const row = text.slice(text.indexOf('<li data-number="3"'), text.indexOf('<li data-number="2"'));
    for (const part of [
      'Ada<',
      'Hello',
      't1',
      'Local Org',
      '203.0.113.7',
      '2026-11-20 10:00:00',
      'arrived',
      'Firefox',
    ]) {
      expect(row).toContain(part);
    }
    expect(row).toContain('datetime="2026-11-20T10:00:00.000Z"');
  });

  it.each<[string, string[]]>([
    ['', ALL],
    ['action=post.create', ['post.create']],
    ['action=post', []],
    ['action=post.create&action=user.login', ['user.login', 'post.create']],
    ['actor=ada', ['user.login', 'post.create']],
    ['actor=HOPPER%20grace', ['user.invite', 'post.delete']],
    ['actor=grace@acme.example', ['user.invite', 'post.delete']],
    ['target=editors', ['post.delete', 'post.create']],
    ['target=post%20hello', ['post.delete', 'post.create']],
    // One target must have all the words, not two of them one each.
    ['target=hello%20editors', []],
    ['q=198.51', ['user.login']],
    ['q=seats', ['user.invite']],
    ['q=grace%20world', ['post.delete']],
    // The names of WorkOS's own fields are in every event, so they are not looked through.
    ['q=organizationId', []],
    ['from=2026-11-20T10:15', ['user.invite', 'user.login']],
    ['to=2026-11-20T10:00', ['post.delete', 'post.create']],
    ['to=2026-11-20T10:00:30', ['post.delete', 'post.create']],
    ['to=2026-11-20T10:00:30.499', ['post.create']],
    ['from=2026-11-20T13:00:00%2B02:00', ['user.invite']],
    ['from=2026-11-20T10:00&to=2026-11-20T10:45&actor=ada', ['user.login', 'post.create']],
    // Rubbish in a URL neither fails nor filters.
    ['from=rubbish&to=2026-02-30T10:00', ALL],
    ['before=rubbish&after=0.9&page=%ZZ&action[]=x&q[a][b]=c&__proto__=1', ALL],
    ['action=&actor=%20&q=', ALL],
  ])('is filtered by ?%s', async (query, expected) => {
    const { status, text } = await page(await startWithFour(), `/?${query}`);

    expect(status).toBe(200);
    expect(actionsOf(text)).toEqual(expected);
  });

  it('shows the filter that is in the URL, and what is wrong with it', async () => {
    const query = 'action=post.create&action=gone.by&actor=%22ada%22&from=2026-11-20T10:00&to=rubbish';

    const { text } = await page(await startWithFour(), `/?${query}`);

    expect(text).toContain('<option selected>post.create</option>');
    expect(text).toContain('<input type="hidden" name="action" value="gone.by">');
    expect(text).toContain('name="actor" value="&quot;ada&quot;"');
    expect(text).toContain('type="datetime-local" step="1" name="from" value="2026-11-20T10:00"');
    expect(text).toContain('name="to" value="rubbish" aria-invalid="true"');
    expect(text).toContain('To must be a time such as 2026-11-20T10:00, in UTC. It is left out.');
  });

  it('counts the events of each action under the rest of the filter, with links that choose one', async () => {
    const { text } = await page(await startWithFour(), '/?actor=ada&action=user.login');

    const counts = text.slice(text.indexOf('id="counts"'));
    expect(text).toContain('1 of 4 events');
    expect(counts).toContain('href="/?action=user.login&amp;action=post.create&amp;actor=ada"');
    expect(counts).toContain('href="/?actor=ada" aria-current="true"><span>user.login</span>');
    expect(counts).not.toContain('user.invite');
  });

  it('is paged by cursors that stay where they are while events come in', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, ...Array.from({ length: 120 }, (_, n) => `n.${n}`));
    const link = (html: string, rel: string): string =>
      (new RegExp(`href="([^"]+)" rel="${rel}">`).exec(html)?.[1] ?? '').replaceAll('&amp;', '&');

    const first = await page(workos);
    await act(workos, 'late.one');
    const second = await page(workos, link(first.text, 'next'));
    const third = await page(workos, link(second.text, 'next'));
    const back = await page(workos, link(third.text, 'prev'));

    const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => `n.${from - n}`);
    expect(actionsOf(first.text)).toEqual(numbers(119, 50));
    expect(actionsOf(second.text)).toEqual(numbers(69, 50));
    expect(actionsOf(third.text)).toEqual(numbers(19, 20));
    expect(actionsOf(back.text)).toEqual(numbers(69, 50));
    expect(third.text).toMatch(/rel="next" hidden/);
    // An older page does not grow.
    expect([first.text, second.text].map((text) => text.includes('list=trail'))).toEqual([true, false]);
    // A cursor of a trail that is no more shows the newest page of that which is.
    workos.reset();
    await act(workos, 'new.one');
    expect(actionsOf((await page(workos, link(first.text, 'next'))).text)).toEqual(['new.one']);
  });

  it('stays small with ten thousand events', async () => {
    const workos = await start({ schemas: 'open' });
    await act(workos, 'one.only');
    const [event] = workos.events;
    // Straight into the trail, because ten thousand requests would take this test a minute.
    for (let n = 0; n < 10_000; n += 1)
      (workos.events as unknown[]).push({ ...event, id: `evt-${n}`, action: `a.${n % 90}` });

    const { text } = await page(workos, '/?q=evt-');

    expect(actionsOf(text)).toHaveLength(50);
    expect(text).toContain('10,000 of 10,001 events');
    expect(text).toContain('and 50 actions more');
    expect(text.length).toBeLessThan(200_000);
  });

  it('says what to do while it is empty, or when nothing matches', async () => {
    const [plain, told] = [await start(), await start({ appUrl: 'http://localhost:3000/' })];

    expect((await page(plain)).text).toContain('Act in your app');
    expect((await page(told)).text).toContain(
      'Act in the app at <a href="http://localhost:3000">http://localhost:3000</a>',
    );
    await act(told, 'not.registered');
    expect((await page(told)).text).toContain('<p id="but-refused">Requests were refused');
    expect((await page(await startWithFour(), '/?q=nowhere')).text).toContain('None of 4 events passes this filter');
    await expect(start({ appUrl: 'javascript:alert(1)' })).rejects.toThrow('appUrl must be an http or https URL');
  });
});

describe('an event', () => {
  it('has a page of its own, and JSON', async () => {
    const workos = await startWithFour();
    const { id } = workos.events[1] ?? { id: '' };

    const html = await page(workos, `/_local/events/${id}`);
    const json = await page(workos, `/_local/events/${id}.json`);

    expect(html.text).toContain('<h1><code>post.delete</code></h1>');
    expect(html.text).toContain('2026-11-20 10:00:30.500 UTC');
    expect(html.text).toContain('grace@acme.example');
    expect(html.text).toContain(`href="/_local/events/${workos.events[2]?.id}" rel="prev"`);
    expect(html.text).toContain(`href="/_local/events/${workos.events[0]?.id}" rel="next"`);
    expect(json.json).toEqual(JSON.parse(JSON.stringify(workos.events[1])));
  });

  it('that is not there is a 404 that says why', async () => {
    const workos = await start();

    const html = await page(workos, `/_local/events/${encodeURIComponent(ATTACK)}`);
    const json = await page(workos, '/_local/events/nothing.json');

    expect([html.status, json.status]).toEqual([404, 404]);
    expect(html.text).toContain('the trail has begun anew since');
    expect(html.text).not.toMatch(/<script>alert|<img/);
  });

  it('is in the list of all as JSON', async () => {
    const workos = await startWithFour();

    const { json } = await page(workos, '/_local/events');

    expect(json).toEqual({ events: JSON.parse(JSON.stringify(workos.events)) as unknown });
  });

  it('is cut in the list when it is long, and whole on its page', async () => {
    const workos = await start({ schemas: 'open' });
    const targets = Array.from({ length: 300 }, (_, n) => ({ id: `post_${n}`, type: 'post' }));
    await post(workos, wireEvent({ targets }));

    const list = await page(workos);
    const whole = await page(workos, `/_local/events/${workos.events[0]?.id}`);

    expect(list.text).toContain('characters more');
    expect(whole.text).toContain('post_299');
  });
});
