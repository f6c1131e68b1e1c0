import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Logger, type LoggerService } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { BoundedList } from '../../src/testing/local-workos/http/bounded-list.js';
import { expressAdapter } from '../../src/testing/local-workos/http/express.js';
import { LocalWorkOS } from '../../src/testing/index.js';
import { post, sdk, sdkEvent, send, start, wireEvent } from './support.js';

describe('starting', () => {
  it('takes a free port and says where', async () => {
    const [one, two] = [await start(), await start()];

    expect(one.url).toBe(`http://127.0.0.1:${one.port}`);
    expect(one.port).not.toBe(two.port);
    expect(one.clientOptions).toEqual({ apiHostname: '127.0.0.1', port: one.port, https: false });
    expect([one.apiKey, one.clientId]).toEqual(['sk_test_local', 'client_local']);
    expect((await send(one, 'GET', '/organizations/org_local')).json).toMatchObject({ name: 'Local Org' });
  });

  it('on a port that is taken fails, with the code of node', async () => {
    const { port } = await start();

    await expect(LocalWorkOS.start({ port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(`LocalWorkOS cannot listen on port ${port}`),
    });
  });

  it('on anything but loopback fails, and says why', async () => {
    const host = '0.0.0.0' as '127.0.0.1';

    await expect(LocalWorkOS.start({ host })).rejects.toThrow(
      "LocalWorkOS listens on 127.0.0.1 only, not on '0.0.0.0': it is a development tool",
    );
    expect((await start({ host: 'localhost' })).url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  it('listens on no other address of this machine', async () => {
    const { port } = await start();
    const others = Object.values(networkInterfaces())
      .flat()
      .flatMap((one) => (one && !one.internal && one.family === 'IPv4' ? [one.address] : []));

    const reached = await Promise.all(['127.0.0.1', ...others].map((host) => canConnect(host, port)));

    expect(reached).toEqual([true, ...others.map(() => false)]);
  });

  it('without Express fails with the command that installs it', async () => {
    const missing = Object.assign(new Error("Cannot find package '@nestjs/platform-express'"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });

    await expect(expressAdapter(() => Promise.reject(missing))).rejects.toThrow('npm i -D @nestjs/platform-express');
    const broken = new SyntaxError('unexpected token');
    await expect(expressAdapter(() => Promise.reject(broken))).rejects.toBe(broken);
  });

  it.each([
    ['a directory of no organization', { directories: [{ name: 'D', organizationId: 'org_x' }] }, "'org_x'"],
    ['a group without a directory', { groups: [{ name: 'G' }] }, "the group 'G' needs a directory"],
    ['a person of no group', { people: [{ email: 'a@x', groups: ['g'] }] }, "names the group 'g'"],
    ['a person of no directory', { people: [{ email: 'a@x', directoryId: 'd' }] }, "names the directory 'd'"],
    ['a directory user without a directory', { people: [{ email: 'a@x', directoryUserId: 'u' }] }, 'has no directory'],
    ['a schema without targets', { schemas: [{ action: 'a.b', targets: [] }] }, 'at least one target'],
    [
      'an organization twice',
      {
        organizations: [
          { id: 'o', name: 'O' },
          { id: 'o', name: 'P' },
        ],
      },
      "'o' already",
    ],
  ])('with %s in the seed fails', async (_, seed, message) => {
    await expect(LocalWorkOS.start({ seed })).rejects.toThrow(message);
  });

  it('is quiet, and leaves the logger of the process as it was', async () => {
    const lines: unknown[] = [];
    const keep = (message: unknown): void => void lines.push(message);
    const mine: LoggerService = { log: keep, warn: keep, error: keep };
    const before = Logger['staticInstanceRef'];
    Logger.overrideLogger(mine);
    try {
      const [workos] = await Promise.all([start(), start(), start()]);
      await post(workos, {});
      expect(lines).toEqual([]);
      expect(Logger['staticInstanceRef']).toBe(mine);
      new Logger('NestFactory').log('of the next application');
      expect(lines).toEqual(['of the next application']);
    } finally {
      Logger.overrideLogger(before ?? false);
    }
  });

  it('tells refusals to a logger of its own', async () => {
    const lines: unknown[] = [];
    const keep = (message: unknown): void => void lines.push(message);
    const workos = await start({ logger: { log: keep, warn: keep, error: keep } });

    await post(workos, wireEvent({ action: undefined }));

    expect(lines).toEqual(['POST /audit_logs/events 422: event.action: required']);
  });
});

describe('stopping', () => {
  it('refuses connections until it is resumed, on the same port and with the same state', async () => {
    const workos = await start({ schemas: 'open' });
    const { url } = workos;
    await post(workos, wireEvent());

    await workos.stop();
    await expect(post(workos, wireEvent({ version: 2 }))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await workos.stop();
    await workos.resume();
    await workos.resume();

    expect(workos.url).toBe(url);
    expect((await post(workos, wireEvent({ version: 3 }))).status).toBe(200);
    expect(workos.events.map(({ version }) => version)).toEqual([1, 3]);
  });

  it('for good frees the port, ends those who wait, and may be asked for twice', async () => {
    const workos = await LocalWorkOS.start();
    const waiting = workos.waitForEvents(1, { timeoutMs: 60_000 });
    const failure = waiting.catch(String);

    await Promise.all([workos.close(), workos.close()]);

    expect(await failure).toContain('did not get the events before it was closed');
    const again = await start({ port: workos.port });
    expect(again.port).toBe(workos.port);
  });

  it('happens at the end of a block', async () => {
    let port = 0;
    {
      await using workos = await LocalWorkOS.start();
      ({ port } = workos);
      expect(await canConnect('127.0.0.1', port)).toBe(true);
    }
    expect(await canConnect('127.0.0.1', port)).toBe(false);
  });

  it('after a stop works as well', async () => {
    const workos = await LocalWorkOS.start();
    await workos.stop();
    await expect(workos.close()).resolves.toBeUndefined();
  });
});

describe('waiting', () => {
  it('resolves with all events at once if they are there', async () => {
    const workos = await start({ schemas: 'open' });
    await post(workos, wireEvent());

    expect(await workos.waitForEvents(1)).toEqual(workos.events);
    expect(await workos.waitForEvents(0)).toHaveLength(1);
  });

  it('resolves when the last of them arrives', async () => {
    const workos = await start({ schemas: 'open' });
    const waiting = workos.waitForEvents(2);

    await post(workos, wireEvent({ version: 1 }));
    await post(workos, wireEvent({ version: 2 }));

    expect((await waiting).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('for one of a kind finds it in the past or in the future', async () => {
    const workos = await start({ schemas: 'open' });
    const waiting = workos.waitFor(({ action }) => action === 'b.b');

    await post(workos, wireEvent({ action: 'a.a' }));
    await post(workos, wireEvent({ action: 'b.b' }));

    expect(await waiting).toBe(workos.events[1]);
    expect(await workos.waitFor(({ action }) => action === 'a.a')).toBe(workos.events[0]);
  });

  it('in vain lists what arrived and what was refused', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'] });
    await post(workos, wireEvent());
    await post(workos, wireEvent({ action: 'post.delete' }));

    const message = [
      'LocalWorkOS did not get 5 events within 20 ms.',
      'Arrived: 1:',
      '  post.create on post_1',
      'Refused: 1:',
      `  POST /audit_logs/events 400 {"message":"Invalid Audit Log event: event 'post.delete', version '1' has not been configured in this environment.","code":"invalid_audit_log"}`,
    ].join('\n');
    await expect(workos.waitForEvents(5, { timeoutMs: 20 })).rejects.toThrow(message);
    await expect(workos.waitFor(() => false, { timeoutMs: 20 })).rejects.toThrow('did not get a matching event');
  });

  it('fails with the error of its predicate', async () => {
    const workos = await start({ schemas: 'open' });
    const waiting = workos.waitFor(() => {
      throw new Error('my mistake');
    });
    const failure = waiting.catch(String);

    expect((await post(workos, wireEvent())).status).toBe(200);
    expect(await failure).toBe('Error: my mistake');
  });
});

describe('what it keeps', () => {
  it('is every request, with query, headers, body and status', async () => {
    const workos = await start();
    await send(workos, 'GET', '/organizations?limit=1&domains=a&domains=b');
    await post(workos, { a: 1 }, { 'x-test': 'yes' });
    await send(workos, 'POST', '/audit_logs/events', 'no json', {});

    expect(workos.requests).toMatchObject([
      {
        method: 'GET',
        path: '/organizations',
        query: { limit: '1', domains: ['a', 'b'] },
        body: undefined,
        status: 200,
      },
      {
        method: 'POST',
        path: '/audit_logs/events',
        query: {},
        body: { organization_id: 'org_local', event: { a: 1 } },
        status: 422,
      },
      { method: 'POST', body: 'no json', status: 400 },
    ]);
    expect(workos.requests[1]?.headers['x-test']).toBe('yes');
    expect(workos.requests[0]?.at).toBeInstanceOf(Date);
  });

  it('is forgotten by reset(), but what was set up stays', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'] });
    await post(workos, wireEvent(), { 'idempotency-key': 'k' });
    await post(workos, {});
    workos.fail({ status: 500 });
    const { events } = workos;

    workos.reset();

    expect([workos.events, workos.refused, workos.requests]).toEqual([[], [], []]);
    expect(events).toHaveLength(1);
    expect((await post(workos, wireEvent(), { 'idempotency-key': 'k' })).status).toBe(200);
    expect(workos.events).toHaveLength(1);
  });

  it('is bounded, the oldest going first', () => {
    const list = new BoundedList<number>(10);
    for (let i = 1; i <= 100; i += 1) list.add(i);

    expect(list.items.length).toBeGreaterThanOrEqual(10);
    expect(list.items.length).toBeLessThanOrEqual(11);
    expect(list.items.at(-1)).toBe(100);
    expect(list.items[0]).toBe(101 - list.items.length);
  });
});

describe('many at once', () => {
  it('each get their answer, and each event is kept once', async () => {
    const workos = await start();
    workos.defineSchema('post.create', { targets: ['post'] });
    const client = sdk(workos);

    await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        client.auditLogs.createEvent('org_local', sdkEvent({ metadata: { n } }), { idempotencyKey: `k${n % 250}` }),
      ),
    );
    await Promise.all(
      Array.from({ length: 250 }, (_, n) =>
        client.auditLogs.createEvent('org_local', sdkEvent({ metadata: { n } }), { idempotencyKey: `k${n}` }),
      ),
    );

    expect(workos.requests).toHaveLength(750);
    expect(workos.events.map(({ metadata }) => metadata['n']).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 500 }, (_, n) => n),
    );
    expect(new Set(workos.events.map(({ id }) => id)).size).toBe(500);
    expect(workos.refused).toEqual([]);
  });
});

describe('the Host header', () => {
  it.each([
    ['127.0.0.1:4100', 200],
    ['localhost', 200],
    ['app.localhost:4100', 200],
    ['[::1]:4100', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:4100', 403],
  ])('%s is answered %i', async (host, status) => {
    const workos = await start();

    expect(await statusWithHost(workos.port, host)).toBe(status);
  });
});

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** fetch does not let a caller choose the Host header, so the request is written by hand. */
function statusWithHost(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET /_local/events HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(text.split(' ')[1])));
  });
}

describe('a port of somebody else', () => {
  it('is left alone', async () => {
    const server = createServer((_, response) => response.end('mine')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expect(LocalWorkOS.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
      expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('mine');
    } finally {
      server.close();
    }
  });
});
