import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AuditService } from '../../../src/index.js';
import { outboxPanel } from '../../../src/testing/local-workos/dashboard/outbox/outbox.panel.js';
import { OutboxSamples } from '../../../src/testing/local-workos/dashboard/outbox/outbox.samples.js';
import { findChartFiles } from '../../../src/testing/local-workos/dashboard/outbox/chart.files.js';
import type { LocalWorkOS, LocalWorkOSOutboxFigures, LocalWorkOSOutboxSource } from '../../../src/testing/index.js';
import { start } from '../support.js';
import { live, page } from './support.js';

const figures: LocalWorkOSOutboxFigures = {
  pending: 12,
  leased: 3,
  buried: 2,
  oldestAgeMs: 65_000,
  delivered: 7,
  retried: 4,
};

/** The application's own endpoint. */
async function endpoint(answer: string, status = 200): Promise<string> {
  const server = createServer((_, response) =>
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(answer),
  );
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://localhost:${(server.address() as AddressInfo).port}/audit-stats`;
}

/** What the page says of the outbox, once it is not what it said at first. */
async function told(workos: LocalWorkOS): Promise<{ sentence: string; text: string }> {
  const read = async () => {
    const { text } = await page(workos);
    return { sentence: /id="outbox-sentence">(.*?)<\/p>/s.exec(text)?.[1] ?? '', text };
  };
  await expect.poll(async () => (await read()).sentence, { timeout: 15_000 }).not.toMatch(/^Asking/);
  return read();
}

const figure = (text: string, name: string): string | undefined =>
  new RegExp(`data-figure="${name}">.*?<dd>(.*?)</dd>`, 's').exec(text)?.[1];

describe("the application's outbox", () => {
  it('is shown as figures: those of a function', async () => {
    const { sentence, text } = await told(await start({ outbox: () => figures }));

    expect(sentence).toBe('Events are waiting to be sent.');
    expect(['waiting', 'delivered', 'retried', 'buried', 'oldest'].map((name) => figure(text, name))).toEqual([
      '15',
      '0',
      '4',
      '2',
      '1 min 5 s',
    ]);
  });

  it('is shown as figures: those of a URL', async () => {
    const { text } = await told(await start({ outbox: await endpoint(JSON.stringify({ ...figures, more: [] })) }));

    expect(figure(text, 'waiting')).toBe('15');
  });

  it('takes what AuditService.stats() answers', () => {
    const source =
      (audit: AuditService): LocalWorkOSOutboxSource =>
      () =>
        audit.stats();
    expect(source).toBeTypeOf('function');
  });

  it('may be given when the application has started, and taken away again', async () => {
    const workos = await start();
    expect((await told(workos)).sentence).toContain('only the app can tell');

    const end = workos.watchOutbox(() => Promise.resolve(figures));
    expect((await told(workos)).sentence).toBe('Events are waiting to be sent.');
    end();

    expect((await told(workos)).sentence).toContain('only the app can tell');
  });

  it.each<[string, () => LocalWorkOSOutboxSource | Promise<LocalWorkOSOutboxSource>, string]>([
    [
      'throws',
      () => () => {
        throw new Error('closed');
      },
      'The app does not tell: closed',
    ],
    ['rejects', () => () => Promise.reject(new Error('closed')), 'The app does not tell: closed'],
    ['hangs', () => () => new Promise<never>(() => {}), 'gave no answer within 2500 ms'],
    ['gives rubbish', () => () => 'rubbish' as never, 'no object such as AuditService.stats() answers'],
    ['lacks a figure', () => () => ({ ...figures, pending: Number.NaN }), 'its &#39;pending&#39; is no number'],
    ['is not there', () => 'http://127.0.0.1:1/audit-stats', 'cannot be read'],
    ['answers 500', () => endpoint('{}', 500), 'answers 500'],
    ['leads elsewhere', () => endpoint('', 302), 'cannot be read'],
    ['answers HTML', () => endpoint('<html>'), 'answers something else than JSON'],
    ['answers a novel', () => endpoint(JSON.stringify({ ...figures, text: 'x'.repeat(20_000) })), 'more than figures'],
  ])('may fail, and the dashboard says how: one that %s', async (_, source, reason) => {
    const workos = await start({ outbox: await source() });

    expect((await told(workos)).sentence).toContain(reason);
    expect((await page(workos, '/_local/schemas')).status).toBe(200);
  });

  it.each(['https://example.com/stats', 'http://127.0.0.1.evil.example/', 'file:///etc/passwd', 'rubbish', ''])(
    'is never asked of another machine: %j',
    async (source) => {
      const workos = await start();

      expect(() => workos.watchOutbox(source)).toThrow(
        'outbox must be a function such as () => audit.stats(), or an http URL',
      );
      await expect(start({ outbox: source })).rejects.toThrow('outbox must be');
    },
  );

  it('is told live, with the minutes before', async () => {
    let delivered = 0;
    const workos = await start({
      outbox: () => ({ ...figures, delivered: (delivered += 10), oldestAgeMs: undefined }),
    });
    await told(workos);

    const messages = live(workos, '');
    const hello = await messages.next('hello');
    const { data } = await messages.next('pulse');

    expect((hello.data.history as unknown[][]).map((series) => series.length > 0)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(data).toMatchObject({ outbox: { state: 'ok', texts: { waiting: '15', buried: '2', oldest: '–' } } });
  });

  it('is asked no more when LocalWorkOS is closed', async () => {
    let asked = 0;
    const workos = await start({ outbox: () => ((asked += 1), figures) });
    await told(workos);
    await workos.close();
    const before = asked;

    await new Promise((resolve) => setTimeout(resolve, 1500));

    expect(asked).toBe(before);
  });

  it.each<[Partial<LocalWorkOSOutboxFigures>, string]>([
    [{ dropped: 3 }, '3 events are lost'],
    [{ paused: true }, 'Sending is paused'],
    [{ pending: 0, leased: 0 }, 'Nothing waits, but what WorkOS refused is buried.'],
    [{ pending: 0, leased: 0, buried: 0 }, 'Everything has been delivered.'],
  ])('is summed up: %j', async (changes, sentence) => {
    expect((await told(await start({ outbox: () => ({ ...figures, ...changes }) }))).sentence).toContain(sentence);
  });
});

describe('the samples', () => {
  it('make a rate of a counter, also over a restart of the application', () => {
    const samples = new OutboxSamples();
    const rates = [100, 130, 130, 20].map((delivered, n) => samples.add({ ...figures, delivered }, n * 2000).delivered);

    expect(rates).toEqual([0, 15, 0, 10]);
  });

  it('keep five minutes, with gaps', () => {
    const samples = new OutboxSamples();
    for (let n = 1; n <= 400; n += 1) samples.add(figures, n * 1000);
    samples.miss(401_000);

    const [times, waiting] = samples.history();
    expect([times?.length, times?.[0], times?.at(-1)]).toEqual([300, 102, 401]);
    expect(waiting?.slice(-2)).toEqual([15, null]);
  });
});

describe('without uPlot', () => {
  it('there are numbers, and a sentence that says how to get charts', () => {
    expect(findChartFiles(['/nowhere', '/nowhere/else'])).toBeUndefined();

    const html = outboxPanel({ state: 'starting' }, false).toString();
    expect(html).toContain('npm i -D uplot');
    expect(outboxPanel({ state: 'starting' }, true).toString()).not.toContain('uplot');
  });
});
