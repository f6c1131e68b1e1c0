import { describe, expect, it } from 'vitest';
import { post, send, start, wireEvent } from '../support.js';
import { actionsOf, page } from './support.js';

describe('what was refused', () => {
  it('is told with status, message, fields, reason, and the body that was sent', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post', 'user'] });
    await post(workos, wireEvent());
    await post(workos, wireEvent({ actor: undefined, targets: 'none' }));
    await send(workos, 'GET', '/organizations/org_gone');
    await send(workos, 'POST', '/audit_logs/events', 'no JSON at all');

    const { text } = await page(workos, '/_local/refused');

    const rows = text.split('<li data-number=').slice(1);
    const parts = [
      ['400', 'POST /audit_logs/events', 'The request body is not valid JSON.', 'no JSON at all'],
      [
        '404',
        'GET /organizations/org_gone',
        'Organization not found: &#39;org_gone&#39;.',
        '<pre tabindex="0">none</pre>',
      ],
      ['422', 'post.create', 'Validation failed.', 'event.actor: required', 'event.targets: invalid_type'],
      ['400', 'post.create', 'Invalid Audit Log event.', '/targets', 'the schema wants exactly: post, user', 'prof_1'],
    ];
    expect(rows).toHaveLength(4);
    for (const [index, texts] of parts.entries()) for (const one of texts) expect(rows[index]).toContain(one);
  });

  it.each<[string, number]>([
    ['status=400', 1],
    ['status=404', 1],
    ['status=4', 2],
    ['q=ORG_GONE', 1],
    ['q=gone%20nowhere', 0],
    ['status=404&q=org_gone', 1],
  ])('is filtered by ?%s', async (query, count) => {
    const workos = await start();
    await post(workos, wireEvent());
    await send(workos, 'GET', '/organizations/org_gone');

    const { text } = await page(workos, `/_local/refused?${query}`);

    expect(text.match(/<li data-number=/g) ?? []).toHaveLength(count);
  });

  it('has a page for each, while it is kept', async () => {
    const workos = await start();
    await post(workos, wireEvent());
    const [, path = ''] = /href="(\/_local\/refused\/[^"]+)"/.exec((await page(workos, '/_local/refused')).text) ?? [];

    const kept = await page(workos, path);
    workos.reset();
    const gone = await page(workos, path);

    expect(kept.status).toBe(200);
    expect(kept.text).toContain('has not been configured in this environment');
    expect(kept.text).toContain('<span class="key">&quot;organization_id&quot;</span>');
    expect(gone.status).toBe(404);
    expect(gone.text).toContain('It is no longer kept');
  });

  it('is paged, and keeps its numbers when the oldest are forgotten', async () => {
    const workos = await start({ schemas: 'open' });
    const { traffic } = (workos as unknown as { state: { traffic: { refuse: (...args: unknown[]) => void } } }).state;
    const request = (n: number) => ({
      method: 'POST',
      path: '/audit_logs/events',
      body: { event: { action: `n.${n}` } },
    });
    for (let n = 1; n <= 11_500; n += 1) traffic.refuse(request(n), 503, { message: 'no' });

    const first = await page(workos, '/_local/refused');
    const next = (/href="([^"]+)" rel="next"/.exec(first.text)?.[1] ?? '').replaceAll('&amp;', '&');
    const second = await page(workos, next);

    expect(actionsOf(first.text)).toHaveLength(0);
    expect(first.text).toContain('<span class="status">503</span> n.11500');
    expect(first.text).toContain('data-number="11500"');
    expect(second.text).toContain('<span class="status">503</span> n.11450');
    expect(second.text).not.toContain('n.11451');
  });

  it('says so when there is nothing', async () => {
    expect((await page(await start(), '/_local/refused')).text).toContain('Nothing was refused');
  });
});

describe('the schemas', () => {
  it('are listed by action, the newest version first, with their events', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'], metadata: { title: 'string' } });
    workos.defineSchema('post.create', {
      targets: ['post', { type: 'team', metadata: { size: 'number' } }],
      actor: { metadata: {} },
    });
    await post(workos, wireEvent({ metadata: { title: 'x' } }));

    const { text } = await page(workos, '/_local/schemas');

    const rows = text.split('<tr><th scope="row">').slice(1);
    expect(rows.map((row) => row[0])).toEqual(['2', '1']);
    expect(rows[0]).toContain('<code>size: number</code>');
    expect(rows[1]).toContain('<code>title: string</code>');
    expect(rows[1]).toContain('<a href="/?action=post.create">1</a>');
    expect(text).toContain('id="post.create"');
  });

  it('say when there are none, and when they are not checked', async () => {
    expect((await page(await start(), '/_local/schemas')).text).toContain('No schema yet');
    expect((await page(await start({ schemas: 'open' }), '/_local/schemas')).text).toContain('are not checked');
  });
});
