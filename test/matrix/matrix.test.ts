import { readFileSync } from 'node:fs';
import { memoryOutbox } from 'nestjs-workos-audit';
import { describe, expect, test } from 'vitest';
import { ada, type Platform, platforms, type TestApp } from '../support/test-app.js';
import { CONTEXTS, done, type Doing, startApp } from './contexts.js';

/** What each column of the matrix in the README promises. */
const OUTCOMES: Readonly<Record<string, (platform: Platform, doing: Doing) => Promise<void>>> = {
  async success(platform, doing) {
    const app = await startApp(platform);
    await doing(app, 'success');
    await expectEvent(app, { action: 'thing.do' });
    expect(done).toEqual(['success']);
  },
  async failure(platform, doing) {
    const app = await startApp(platform);
    await doing(app, 'failure');
    await expectEvent(app, { action: 'thing.do_failed', metadata: { error_name: 'RangeError', error_status: 500 } });
    expect(done).toEqual([]);
  },
  async denied(platform, doing) {
    const app = await startApp(platform);
    await doing(app, 'denied');
    await expectEvent(app, { action: 'thing.do_denied', metadata: { error_status: 403 } });
    expect(done).toEqual([]);
  },
  async 'write-ahead'(platform, doing) {
    const outbox = memoryOutbox();
    const app = await startApp(platform, { guarantee: 'write-ahead', outbox });
    const hold = outbox.hold.bind(outbox);
    outbox.hold = () => Promise.reject(new Error('the disk is full'));
    await doing(app, 'unaudited');
    expect(done).toEqual([]);
    outbox.hold = hold;
    await doing(app, 'audited');
    await expectEvent(app, { action: 'thing.do' });
    expect(done).toEqual(['audited']);
  },
};

/** Exactly one event, by the right person, on the right target. */
async function expectEvent(app: TestApp, expected: object): Promise<void> {
  const [event] = await app.events(1);
  expect(event).toMatchObject({ actor: { id: ada.id }, ...expected });
  expect(event?.targets).toContainEqual(expect.objectContaining({ type: 'thing', id: 't1' }));
}

/** Outcomes that there are in one context only; the boot refuses them elsewhere. */
const ONLY: Readonly<Record<string, string>> = { denied: 'REST' };

const cells = Object.keys(CONTEXTS).flatMap((context) =>
  platforms.map((platform) => ({
    row: `${context}, ${platform === 'express' ? 'Express' : 'Fastify'}`,
    context,
    platform,
    outcomes: Object.keys(OUTCOMES).filter((outcome) => (ONLY[outcome] ?? context) === context),
  })),
);

describe.each(cells)('$row', ({ context, platform, outcomes }) => {
  test.each(outcomes)('%s', async (outcome) => {
    await expect(OUTCOMES[outcome]?.(platform, CONTEXTS[context] as Doing)).resolves.toBeUndefined();
  });
});

test('the matrix in the README has just these cells', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, header = '', ...rows] = /^\| *context *\|(.*)\|\n\|[ |:-]+\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  const columns = header.split('|').map((name) => name.trim().replaceAll('`', ''));
  expect(columns).toEqual(Object.keys(OUTCOMES));
  const shown = (rows[0] ?? '')
    .trim()
    .split('\n')
    .map((row) => {
      const [row_ = '', ...marks] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [row_, columns.filter((_, at) => marks[at] === '✓')];
    });
  expect(shown).toEqual(cells.map(({ row, outcomes }) => [row, outcomes]));
});
