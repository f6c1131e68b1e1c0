import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalWorkOS } from '../../src/testing/index.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { post, read, sdk, send, start, wireEvent } from './support.js';

interface Arrived {
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly id: string; readonly action: string; readonly organization_id: string };
}

/** A SIEM: an address on this machine that takes what is posted to it, unless it is told otherwise. */
async function siem() {
  const arrived: Arrived[] = [];
  const control: { status: number; hang: boolean } = { status: 200, hang: false };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (control.hang) return;
      if (control.status < 300) {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Arrived['body'];
        arrived.push({ headers: request.headers, body });
      }
      response.writeHead(control.status, { Location: '/elsewhere' }).end('thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  const actions = (): string[] => arrived.map(({ body }) => body.action);
  return { url, arrived, actions, control, server };
}

async function configuration(workos: LocalWorkOS, id = 'org_local'): Promise<{ log_stream?: Record<string, unknown> }> {
  return (await send(workos, 'GET', `/organizations/${id}/audit_log_configuration`)).json as never;
}

const state = async (workos: LocalWorkOS) => (await configuration(workos)).log_stream?.['state'];
const within = { timeout: 10_000, interval: 10 };

describe('a stream that is connected', () => {
  it('gets every event of its organization, in order, with its header', async () => {
    const workos = await start({ schemas: 'open' });
    workos.addOrganization({ id: 'org_other', name: 'Other' });
    const sink = await siem();
    await post(workos, wireEvent({ action: 'too.early' }));
    workos.connectLogStream('org_local', { url: sink.url, headers: { Authorization: 'Bearer s3cret' } });
    expect((await configuration(workos)).log_stream).toEqual({
      id: expect.stringMatching(/^als_/),
      type: 'GenericHttps',
      state: 'active',
      last_synced_at: null,
      created_at: expect.any(String),
    });

    for (let i = 0; i < 20; i += 1) await post(workos, wireEvent({ action: `a.n${i}` }));
    await send(workos, 'POST', '/audit_logs/events', { organization_id: 'org_other', event: wireEvent() });
    await vi.waitFor(() => expect(sink.arrived.length).toBe(20), within);

    expect(sink.actions()).toEqual(Array.from({ length: 20 }, (_, i) => `a.n${i}`));
    expect(sink.arrived[0]?.headers).toMatchObject({
      authorization: 'Bearer s3cret',
      'content-type': 'application/json',
    });
    expect(sink.arrived[0]?.body).toEqual({
      id: workos.events[1]?.id,
      organization_id: 'org_local',
      version: 1,
      ...wireEvent({ action: 'a.n0' }),
      targets: [{ id: 'post_1', type: 'post', metadata: {} }],
    });
    await vi.waitFor(
      async () => expect((await configuration(workos)).log_stream?.['last_synced_at']).toEqual(expect.any(String)),
      within,
    );
    expect(await configuration(workos, 'org_other')).not.toHaveProperty('log_stream');
  });

  it.each<[string, (sink: Awaited<ReturnType<typeof siem>>) => () => void]>([
    ['answers 500', ({ control }) => ((control.status = 500), () => (control.status = 200))],
    ['answers 401', ({ control }) => ((control.status = 401), () => (control.status = 200))],
    ['leads elsewhere', ({ control }) => ((control.status = 302), () => (control.status = 200))],
    [
      'is down',
      ({ server, url }) => {
        server.closeAllConnections();
        server.close();
        return () => server.listen(Number(new URL(url).port), '127.0.0.1');
      },
    ],
  ])('is in error while its address %s, and delivers what waited afterwards', async (_, breaks) => {
    const workos = await start({ schemas: 'open' });
    const sink = await siem();
    workos.connectLogStream('org_local', { url: sink.url });
    const repair = breaks(sink);

    expect((await post(workos, wireEvent({ action: 'a.one' }))).status).toBe(200);
    await post(workos, wireEvent({ action: 'a.two' }));
    await vi.waitFor(async () => expect(await state(workos)).toBe('error'), within);
    expect(sink.arrived).toEqual([]);
    repair();

    await vi.waitFor(() => expect(sink.actions()).toEqual(['a.one', 'a.two']), within);
    await vi.waitFor(async () => expect(await state(workos)).toBe('active'), within);
  });

  it('takes the place of what the seed says, and is gone when it is disconnected', async () => {
    const workos = await start({
      schemas: 'open',
      seed: { organizations: [{ id: 'org_local', name: 'A', logStream: { type: 'Datadog', state: 'error' } }] },
    });
    const sink = await siem();
    workos.connectLogStream('org_local', { url: sink.url });
    expect((await configuration(workos)).log_stream).toMatchObject({ type: 'GenericHttps', state: 'active' });

    workos.disconnectLogStream('org_local');
    await post(workos, wireEvent());

    expect(await configuration(workos)).not.toHaveProperty('log_stream');
    expect(sink.arrived).toEqual([]);
  });

  it('rests while LocalWorkOS is stopped, and goes on when it is back', async () => {
    const workos = await start({ schemas: 'open' });
    const sink = await siem();
    sink.control.hang = true;
    workos.connectLogStream('org_local', { url: sink.url });
    await post(workos, wireEvent({ action: 'a.waits' }));

    await workos.stop();
    sink.control.hang = false;
    await workos.resume();

    await vi.waitFor(() => expect(sink.actions()).toEqual(['a.waits']), within);
  });

  it('does not keep LocalWorkOS from being closed', async () => {
    const workos = await start({ schemas: 'open' });
    const sink = await siem();
    sink.control.hang = true;
    workos.connectLogStream('org_local', { url: sink.url });
    await post(workos, wireEvent());

    await workos.close();

    expect(sink.arrived).toEqual([]);
  });

  it('forgets what waits with reset(), and stays connected', async () => {
    const workos = await start({ schemas: 'open' });
    const sink = await siem();
    sink.control.status = 503;
    workos.connectLogStream('org_local', { url: sink.url });
    await post(workos, wireEvent({ action: 'a.old' }));
    await vi.waitFor(async () => expect(await state(workos)).toBe('error'), within);

    workos.reset();
    sink.control.status = 200;
    await post(workos, wireEvent({ action: 'a.new' }));

    await vi.waitFor(() => expect(sink.actions()).toContain('a.new'), within);
    expect(sink.actions()).toEqual(['a.new']);
  });

  it.each<[string, object]>([
    ['http elsewhere', { url: 'http://siem.example/events' }],
    ['no URL', { url: 'siem' }],
    ['a file', { url: 'file:///etc/passwd' }],
    ['a password', { url: 'https://a:b@siem.example/' }],
    ['a header that is none', { url: 'https://siem.example/', headers: { 'no header': 'x' } }],
    ['a header of two lines', { url: 'https://siem.example/', headers: { A: 'x\r\nB: y' } }],
    ['a header of its own', { url: 'https://siem.example/', headers: { Host: 'x' } }],
  ])('cannot go to %s', async (_, destination) => {
    const workos = await start();

    expect(() => workos.connectLogStream('org_local', destination as { url: string })).toThrow('LocalWorkOS: The ');
    expect(() => workos.connectLogStream('org_x', { url: 'https://siem.example/' })).toThrow('404');
  });
});

describe('the portal page for log streams', () => {
  /** Follows a link as a browser does. */
  async function enter(workos: LocalWorkOS, options: object = {}) {
    const { link } = await sdk(workos).adminPortal.generateLink({
      organization: 'org_local',
      intent: 'log_streams',
      returnUrl: 'https://app.example/settings',
      ...options,
    });
    const response = await fetch(link);
    const page = await read(response);
    const visit = /name="visit" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
    const submit = async (path: string, fields: Record<string, string>) =>
      read(
        await fetch(`${workos.url}/_local/portal/${path}`, {
          method: 'POST',
          body: new URLSearchParams({ visit, ...fields }),
        }),
      );
    return { page, visit, submit, url: response.url };
  }

  it('connects an address, shows how it is, and disconnects it', async () => {
    const workos = await start({ schemas: 'open' });
    const sink = await siem();
    const { page, submit, url } = await enter(workos, { successUrl: 'https://app.example/done' });
    expect(page.text).toContain('Nothing is connected yet.');

    const fields = { url: sink.url, header: 'X-Token', value: 's3cret-value' };
    const connected = await submit('log_stream', fields);
    expect(connected.status).toBe(200);
    expect(connected.text).toContain(`<code>${sink.url}</code>`);
    expect(connected.text).toContain('X-Token');
    expect(connected.text).not.toContain('s3cret-value');
    expect(connected.text).toContain('<a href="https://app.example/done" rel="noreferrer">Done</a>');

    await post(workos, wireEvent());
    await vi.waitFor(() => expect(sink.arrived).toHaveLength(1), within);
    expect(sink.arrived[0]?.headers['x-token']).toBe('s3cret-value');
    await vi.waitFor(async () => expect((await read(await fetch(url))).text).toContain('<dd>1 events</dd>'), within);

    sink.control.status = 403;
    await post(workos, wireEvent({ action: 'a.b' }));
    await vi.waitFor(async () => expect((await read(await fetch(url))).text).toContain('it answers HTTP 403'), within);

    expect((await submit('log_stream/remove', {})).text).toContain('Nothing is connected yet.');
    expect(await configuration(workos)).not.toHaveProperty('log_stream');
    expect(JSON.stringify(workos.requests)).not.toContain('s3cret-value');
  });

  it('says what is wrong with an address, keeps what was typed, and escapes it', async () => {
    const workos = await start();
    const { submit } = await enter(workos);

    const refused = await submit('log_stream', { url: 'http://"><script>.example', header: 'A"b', value: 'x' });

    expect(refused.status).toBe(422);
    expect(refused.text).toContain('role="alert"');
    expect(refused.text).toContain('value="http://&quot;&gt;&lt;script&gt;.example"');
    expect(refused.text).toContain('value="A&quot;b"');
    expect(await configuration(workos)).not.toHaveProperty('log_stream');
  });

  it('takes an address without a header', async () => {
    const workos = await start({ schemas: 'open' });
    const sink = await siem();
    const { submit } = await enter(workos);

    await submit('log_stream', { url: sink.url, header: '', value: '' });
    await post(workos, wireEvent());

    await vi.waitFor(() => expect(sink.arrived).toHaveLength(1), within);
  });

  it('shows a stream of the seed', async () => {
    const workos = await start({
      seed: { organizations: [{ id: 'org_local', name: 'A', logStream: { type: 'Splunk', state: 'invalid' } }] },
    });

    expect((await enter(workos)).page.text).toContain('<dd>Splunk</dd><dt>State</dt><dd>invalid</dd>');
  });

  it('can be loaded again, by whoever came in by the link, for an hour', async () => {
    const workos = await start();
    const { url } = await enter(workos);

    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${workos.url}/_local/portal?visit=x`)).status).toBe(410);
    expect((await fetch(`${workos.url}/_local/portal`)).status).toBe(410);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60 * 60_000 + 1 });
    try {
      expect((await fetch(url)).status).toBe(410);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not for those who came to read the trail, nor for those who did not come', async () => {
    const workos = await start();
    const sink = await siem();
    const { url } = await enter(workos, { intent: 'audit_logs' });
    const visit = new URL(url).searchParams.get('visit') ?? '';
    for (const given of [visit, 'x', '']) {
      for (const path of ['log_stream', 'log_stream/remove']) {
        const body = new URLSearchParams({ visit: given, url: sink.url });
        expect((await fetch(`${workos.url}/_local/portal/${path}`, { method: 'POST', body })).status).toBe(410);
      }
    }
    expect(await configuration(workos)).not.toHaveProperty('log_stream');
  });
});
