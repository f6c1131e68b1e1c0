import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Controller, Get, StreamableFile } from '@nestjs/common';
import { AuditExports } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { platforms, startLocalWorkOS, TestApp } from '../support/test-app.js';
import { failure, fileServer, lastHour, linkTo, paths, start } from './support.js';

const FILE = `action\n${Array.from({ length: 40_000 }, (_, i) => `row ${i}\n`).join('')}`;
const ETAG = '"v1"';

/** Answers with the file from there on, and stops after so many bytes of it without closing, if it is told so. */
function send(response: ServerResponse, head: object, from = 0, end?: number, body = FILE): void {
  const whole = Buffer.from(body).subarray(from);
  const status = from > 0 ? 206 : 200;
  const range = from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {};
  response.writeHead(status, { 'content-length': whole.length, ...range, ...head });
  if (end === undefined) response.end(whole);
  else response.write(whole.subarray(0, end), () => response.socket?.destroySoon());
}

describe('stream', () => {
  test('takes a new link when the first one has expired', async () => {
    const { exports, create, workos } = await start();
    const { id } = await create();
    workos.setExports({ linkMs: 0 });

    const streaming = exports.stream(id);
    await expect.poll(() => paths(workos, '/_exports/').length).toBe(1);
    workos.setExports({ linkMs: 60_000 });

    expect(await text(await streaming)).toContain('post.delete');
    expect(workos.refused.map(({ status }) => status)).toContain(403);
  });

  test('gives up on links that never work, and says so', async () => {
    const { exports, create, workos } = await start();
    const { id } = await create();
    workos.setExports({ linkMs: 0 });

    const thrown = await failure(exports.stream(id));

    expect(thrown.code).toBe('export_broken');
    expect(thrown.message).toContain('broke before its first byte: the link no longer works (HTTP 403)');
    expect(paths(workos, '/_exports/')).toHaveLength(5);
  });

  test('goes on where it broke, with a new link each time', async () => {
    const { exports, create, workos } = await start(50);
    const { id } = await create();
    const whole = await text(await exports.stream(id));
    workos.fail({ path: /^\/_exports\//, cutAfterBytes: 1_000, times: 3 });

    const csv = await text(await exports.stream(id));

    expect(csv).toBe(whole);
    const ranges = workos.requests
      .filter(({ path }) => path.startsWith('/_exports/'))
      .map(({ headers }) => headers.range);
    expect(ranges).toEqual([undefined, undefined, 'bytes=1000-', 'bytes=2000-', 'bytes=3000-']);
  });

  test('asks for the rest when a server sends it in pieces', async () => {
    const { exports, workos } = await start(0);
    const piece = (from: number, to: number) => (_: unknown, response: ServerResponse) =>
      response
        .writeHead(206, { 'content-range': `bytes ${from}-${to - 1}/${FILE.length}`, etag: ETAG })
        .end(FILE.slice(from, to));
    const server = await fileServer(
      (_, response) => send(response, { etag: ETAG }, 0, 1_000),
      piece(1_000, 50_000),
      piece(50_000, FILE.length),
    );
    linkTo(workos, server.url);

    expect(await text(await exports.stream('audit_log_export_1'))).toBe(FILE);
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=1000-', 'bytes=50000-']);
  });

  test('goes on from the front of a server that knows no ranges, if the file is the same', async () => {
    const { exports, workos } = await start(0);
    const server = await fileServer(
      (_, response) => send(response, { etag: ETAG }, 0, 100_000),
      (_, response) => send(response, { etag: ETAG }),
    );
    linkTo(workos, server.url);

    const csv = await text(await exports.stream('audit_log_export_1'));

    expect(createHash('sha256').update(csv).digest('hex')).toBe(createHash('sha256').update(FILE).digest('hex'));
  });

  test.each<[string, Parameters<typeof fileServer>, string]>([
    [
      'whose server cannot tell whether it is the same file',
      [(_, response) => send(response, {}, 0, 100_000)],
      'its server cannot tell whether it is still the same file',
    ],
    [
      'whose entity tag is weak',
      [(_, response) => send(response, { etag: 'W/"v1"' }, 0, 100_000)],
      'cannot tell whether',
    ],
    [
      'whose file has become another one',
      [(_, response) => send(response, { etag: ETAG }, 0, 100_000), (_, response) => send(response, { etag: '"v2"' })],
      'is another one',
    ],
    [
      'whose file has become longer',
      [
        (_, response) => send(response, { etag: ETAG }, 0, 100_000),
        (_, response) => send(response, { etag: ETAG }, 0, undefined, `${FILE}more`),
      ],
      'is another one',
    ],
    [
      'whose server sends another part',
      [
        (_, response) => send(response, { etag: ETAG }, 0, 100_000),
        (_, response) => send(response, { etag: ETAG }, 50_000),
      ],
      'another part than was asked for',
    ],
    [
      'that breaks again and again at the same place',
      [(_, response) => send(response, { etag: ETAG }, 0, 100_000), (_, response) => response.writeHead(500).end()],
      "the file's server answers HTTP 500",
    ],
  ])('ends with an error in a download %s, never as if it were whole', async (_, answers, words) => {
    const { exports, workos } = await start(0);
    linkTo(workos, (await fileServer(...answers)).url);

    const csv = await exports.stream('audit_log_export_1');
    const thrown = await failure(text(csv));

    expect(thrown.code).toBe('export_broken');
    expect(thrown.message).toContain('broke after 100000 bytes: ');
    expect(thrown.message).toContain(words);
    expect(thrown.message).toContain('not the whole file');
  });

  test('refuses a file whose length nobody says, since it could be cut', async () => {
    const { exports, workos } = await start(0);
    const server = await fileServer((_, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\naction\nhalf a file\n');
    });
    linkTo(workos, server.url);

    expect((await failure(exports.stream('audit_log_export_1'))).message).toContain(
      'does not say how long the file is',
    );
  });

  test('takes a file in chunks, and notices when they end too early', async () => {
    const { exports, workos } = await start(0);
    const server = await fileServer(
      (_, response) => {
        response.writeHead(200);
        response.write(FILE);
        response.end();
      },
      (_, response) => {
        response.writeHead(200);
        response.write(FILE, () => response.socket?.destroySoon());
      },
    );
    linkTo(workos, server.url);

    expect(await text(await exports.stream('audit_log_export_1'))).toBe(FILE);
    expect(await failure(text(await exports.stream('audit_log_export_1')))).toMatchObject({ code: 'export_broken' });
  });

  test('asks for the file as it is, and never shows the API key to its server', async () => {
    const { exports, workos } = await start(0);
    const server = await fileServer((_, response) => send(response, { etag: ETAG }));
    linkTo(workos, server.url);

    await text(await exports.stream('audit_log_export_1'));

    expect(server.requests[0]?.headers).toMatchObject({ 'accept-encoding': 'identity' });
    expect(JSON.stringify(server.requests[0]?.rawHeaders)).not.toContain(workos.apiKey);
  });

  test('tries again when the link or the file does not come at first', async () => {
    const { exports, create, workos } = await start();
    const { id } = await create();
    workos.fail({ path: `/audit_logs/exports/${id}`, status: 503, times: 1 });
    workos.fail({ path: /^\/_exports\//, reset: 'before', times: 1 });
    workos.fail({ path: /^\/_exports\//, hang: true, times: 1 });

    expect(await text(await exports.stream(id))).toContain('post.delete');
  });

  test('does not wait for ever for a server that stalls', async () => {
    const { exports, workos } = await start(0, { timeoutMs: 200 });
    const server = await fileServer(
      (_, response) => {
        response.writeHead(200, { 'content-length': FILE.length, etag: ETAG });
        response.write(FILE.slice(0, 10));
      },
      (_, response) => send(response, { etag: ETAG }, 10),
    );
    linkTo(workos, server.url);

    expect(await text(await exports.stream('audit_log_export_1'))).toBe(FILE);
    expect(server.requests[1]?.headers.range).toBe('bytes=10-');
  });

  test.each<[string, object, string]>([
    ['pending', { state: 'pending', url: null }, 'export_pending'],
    ['of an unknown state', { state: 'queued', url: null }, 'export_pending'],
    ['failed', { state: 'error', url: null }, 'export_failed'],
    ['expired', { state: 'expired', url: null }, 'export_expired'],
    ['ready without a link', { url: null }, 'export_broken'],
    ['at an address that is not safe', { url: 'http://example.com/' }, 'unexpected'],
    ['on this machine’s disk', { url: 'file:///etc/passwd' }, 'unexpected'],
  ])('of an export that is %s is an error', async (_, answer, code) => {
    const { exports, workos } = await start(0);
    linkTo(workos, null, answer);

    expect(await failure(exports.stream('audit_log_export_1'))).toMatchObject({ code });
  });

  test('gives an empty file as one', async () => {
    const { exports, workos } = await start(0);
    linkTo(workos, (await fileServer((_, response) => send(response, { etag: ETAG }, 0, undefined, ''))).url);

    expect(await text(await exports.stream('audit_log_export_1'))).toBe('');
  });

  test('ends when it is aborted, before and while it reads', async () => {
    const { exports, workos } = await start(0);
    const server = await fileServer((_, response) => {
      response.writeHead(200, { 'content-length': FILE.length, etag: ETAG });
      response.write(FILE.slice(0, 10));
    });
    linkTo(workos, server.url);
    const controller = new AbortController();
    const csv = await exports.stream('audit_log_export_1', { signal: controller.signal });
    const closed = new Promise((resolve) => server.requests[0]?.socket.once('close', resolve));

    const reading = text(csv);
    controller.abort(new Error('enough'));

    await expect(reading).rejects.toThrow('enough');
    await closed;
    await expect(exports.stream('audit_log_export_1', { signal: controller.signal })).rejects.toThrow('enough');
    expect(server.requests).toHaveLength(1);
  });

  test('lets the connection go when its reader does', async () => {
    const { exports, workos } = await start(0);
    const server = await fileServer((_, response) => {
      response.writeHead(200, { 'content-length': 10 * FILE.length, etag: ETAG });
      response.write(FILE);
    });
    linkTo(workos, server.url);
    const csv = await exports.stream('audit_log_export_1');
    const closed = new Promise((resolve) => server.requests[0]?.socket.once('close', () => resolve('closed')));

    csv.destroy();

    await expect(closed).resolves.toBeDefined();
  });

  test('reads no faster than it is read', async () => {
    const { exports, workos } = await start(0);
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024, 'x');
    const server = await fileServer((_, response) => {
      response.writeHead(200, { 'content-length': 1_000 * piece.length, etag: ETAG });
      const more = (): void => {
        while (sent < 1_000 * piece.length) {
          sent += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    linkTo(workos, server.url);

    const csv = await exports.stream('audit_log_export_1');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(500 * piece.length); // what the buffers of the machine hold
    let received = 0;
    for await (const chunk of csv) received += (chunk as Buffer).length;
    expect(received).toBe(1_000 * piece.length);
  });
});

@Controller()
class TrailController {
  constructor(private readonly exports: AuditExports) {}

  @Get('trail.csv')
  async trail(): Promise<StreamableFile> {
    const csv = await this.exports.download({ organizationId: 'org_local', ...lastHour() });
    return new StreamableFile(csv, { type: 'text/csv', disposition: 'attachment; filename="trail.csv"' });
  }
}

test.each(platforms)('a handler on %s answers with it', async (platform) => {
  const workos = await startLocalWorkOS({ exportDelayMs: 0 });
  const app = await TestApp.start({ platform, workos, controllers: [TrailController] });
  await app.audit.record('a.b', { actor: { id: 'u1' }, organizationId: 'org_local' });
  await app.events(1);

  const response = await app.request('/trail.csv', { method: 'GET' });

  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv']);
  expect(await response.text()).toContain('a.b');
});
