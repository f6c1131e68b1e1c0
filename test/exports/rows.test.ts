import type { AuditExportRow } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { failure, fileServer, linkTo, start } from './support.js';

const HEAD =
  'action,occurred_at,actor_id,actor_type,actor_name,actor_metadata,context_location,context_user_agent,metadata';
const ROW = 'post.create,2026-11-20T10:00:00.000Z,u1,user,Ada,"{""role"":""admin""}",203.0.113.7,Firefox,{}';

/** Reads the rows of a file. */
async function rowsOf(csv: string): Promise<AuditExportRow[]> {
  const { exports, workos } = await start(0);
  const server = await fileServer((_, response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(csv) }).end(csv);
  });
  linkTo(workos, server.url);
  return Array.fromAsync(exports.rows('audit_log_export_1'));
}

describe('rows', () => {
  test('are events, whatever the order and number of the columns', async () => {
    const csv = `${HEAD},target_id_1,target_type_1,target_name_1,target_metadata_1,target_id_2,target_type_2,brand_new\r\n${ROW},p1,post,"A ""title""",{},,,x\r\n`;

    expect(await rowsOf(csv)).toEqual([
      {
        action: 'post.create',
        occurredAt: new Date('2026-11-20T10:00:00.000Z'),
        actor: { id: 'u1', type: 'user', name: 'Ada', metadata: { role: 'admin' } },
        targets: [{ id: 'p1', type: 'post', name: 'A "title"', metadata: {} }],
        context: { location: '203.0.113.7', userAgent: 'Firefox' },
        metadata: {},
        columns: expect.objectContaining({ brand_new: 'x', target_id_2: '' }) as object,
      },
    ]);
  });

  test('may lack what WorkOS need not export', async () => {
    const csv = 'occurred_at,action,actor_id,actor_type,metadata\n2026-11-20T10:00:00Z,a.b,u1,user,null\n';

    expect(await rowsOf(csv)).toMatchObject([
      { actor: { metadata: {} }, targets: [], metadata: {}, context: { location: '' } },
    ]);
  });

  test('are none of an empty file', async () => {
    expect(await rowsOf('')).toEqual([]);
    expect(await rowsOf(`${HEAD}\n`)).toEqual([]);
  });

  test.each<[string, string, string]>([
    [
      'a page of a proxy',
      '<html>\n',
      'it has no column action, occurred_at, actor_id, actor_type; its columns are <html>',
    ],
    ['a line that is too short', `${HEAD}\n${ROW}\na,b\n`, 'line 3 has 2 cells, the first line has 9'],
    ['a date that is none', `${HEAD}\n${ROW.replace('2026-11-20', 'soon')}\n`, 'line 2 has no date in occurred_at'],
    ['metadata that is none', `${HEAD}\n${ROW.replace('{}', '[1]')}\n`, 'line 2 has no JSON object in metadata'],
    ['half a metadata', `${HEAD}\n${ROW.replace('{}', '{')}\n`, 'line 2 has no JSON object in metadata'],
    ['a file that was cut', `${HEAD}\n${ROW},"abc`, 'line 2 ends within a quoted cell'],
  ])('cannot be read of %s', async (_, csv, words) => {
    const thrown = await failure(rowsOf(csv));

    expect(thrown.code).toBe('export_broken');
    expect(thrown.message).toContain(words);
    expect(thrown.message).toContain('stream(id) gives the file as it is');
  });

  test('survive letters that are cut between two chunks', async () => {
    const { exports, workos } = await start(0);
    const csv = Buffer.from(`${HEAD}\n${ROW.replace('Ada', '日本🙂')}\n`);
    const server = await fileServer((_, response) => {
      response.writeHead(200, { 'content-length': csv.length });
      const send = (at: number): void => {
        if (at === csv.length) return void response.end();
        response.write(csv.subarray(at, at + 1), () => setImmediate(send, at + 1));
      };
      send(0);
    });
    linkTo(workos, server.url);

    const [row] = await Array.fromAsync(exports.rows('audit_log_export_1'));

    expect(row?.actor.name).toBe('日本🙂');
  });

  test('let the connection go when nobody wants more', async () => {
    const { exports, workos } = await start(0);
    const server = await fileServer((_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(`${HEAD}\n${ROW}\n`);
    });
    linkTo(workos, server.url);

    for await (const { action } of exports.rows('audit_log_export_1')) {
      expect(action).toBe('post.create');
      break;
    }

    await expect.poll(() => server.requests[0]?.socket.destroyed).toBe(true);
  });

  test('of 100,000 events need no memory for all of them', async () => {
    const { exports, workos } = await start(0);
    const count = 100_000;
    const server = await fileServer((_, response) => {
      response.writeHead(200);
      response.write(`${HEAD}\n`);
      const piece = `${ROW}\n`.repeat(1_000);
      const send = (left: number): void => {
        if (left === 0) return void response.end();
        response.write(piece, () => send(left - 1));
      };
      send(count / 1_000);
    });
    linkTo(workos, server.url);

    let read = 0;
    let most = 0;
    const before = process.memoryUsage().heapUsed;
    for await (const row of exports.rows('audit_log_export_1')) {
      if (row.action === 'post.create') read += 1;
      if (read % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    }

    expect(read).toBe(count);
    expect(most).toBeLessThan(150 * 1024 * 1024); // all rows at once are over 200 MB
  });
});
