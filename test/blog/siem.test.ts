import { expect, onTestFinished, test, vi } from 'vitest';
import { Siem } from '../../examples/blog/siem/siem.js';
import { post, start, wireEvent } from '../local-workos/support.js';

async function siem(): Promise<Siem> {
  const started = await Siem.start();
  onTestFinished(() => started.close());
  return started;
}

const event = (id: string, more: object = {}) =>
  JSON.stringify({
    id,
    action: 'post.create',
    occurred_at: '2026-11-20T10:00:00Z',
    actor: { id: 'u1' },
    targets: [],
    ...more,
  });

test('the SIEM takes what a log stream brings, and shows it', async () => {
  const sink = await siem();
  const workos = await start({ schemas: 'open' });
  workos.connectLogStream('org_local', { url: sink.endpoint, headers: { Authorization: `Bearer ${sink.token}` } });

  await post(workos, wireEvent({ action: 'a.first' }));
  await post(workos, wireEvent({ actor: { id: 'u1', type: 'user', name: '<b>Ada' } }));

  await vi.waitFor(() => expect(sink.events).toHaveLength(2), { timeout: 10_000 });
  const page = await (await fetch(sink.url)).text();
  expect(page).toContain('<strong>post.create</strong> by &lt;b&gt;Ada on post post_1');
  expect(page.indexOf('post.create')).toBeLessThan(page.indexOf('a.first'));
  expect(page).toContain(sink.endpoint);
});

test('a stream is in error while the SIEM is switched off, and brings what waited when it is on again', async () => {
  const sink = await siem();
  const workos = await start({ schemas: 'open' });
  workos.connectLogStream('org_local', { url: sink.endpoint, headers: { Authorization: `Bearer ${sink.token}` } });
  const flip = () => fetch(`${sink.url}/switch`, { method: 'POST' });
  const state = async () =>
    (await fetch(`${workos.url}/organizations/org_local/audit_log_configuration`, {
      headers: { authorization: `Bearer ${workos.apiKey}` },
    }).then((answer) => answer.json())) as { log_stream: { state: string } };

  expect(await (await flip()).text()).toContain('switched off: answers 503');
  await post(workos, wireEvent());
  await vi.waitFor(async () => expect((await state()).log_stream.state).toBe('error'), { timeout: 10_000 });
  expect(sink.events).toEqual([]);
  await flip();

  await vi.waitFor(() => expect(sink.events).toHaveLength(1), { timeout: 10_000 });
});

test('the SIEM refuses what is no event, has no token, or comes from elsewhere', async () => {
  const sink = await siem();
  const authorization = `Bearer ${sink.token}`;
  const send = async (body: string, headers: Record<string, string> = { authorization }) =>
    (await fetch(sink.endpoint, { method: 'POST', body, headers })).status;

  expect(await send(event('1'))).toBe(202);
  expect(await send(event('1'))).toBe(202);
  expect(sink.events).toHaveLength(1);
  expect(await send(event('2'), {})).toBe(401);
  expect(await send(event('2'), { authorization: 'Bearer x' })).toBe(401);
  for (const body of ['', 'null', '[]', '{', '{"id":1}', event('2', { targets: 'x' })])
    expect(await send(body)).toBe(400);
  await expect(send('x'.repeat(300_000))).rejects.toThrow('fetch failed');
  expect(
    (await fetch(`${sink.url}/switch`, { method: 'POST', headers: { origin: 'https://evil.example' } })).status,
  ).toBe(403);
  expect((await fetch(`${sink.url}/nothing`)).status).toBe(404);
  expect(await send(event('3'))).toBe(202);
});
