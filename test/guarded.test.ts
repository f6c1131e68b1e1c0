import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { guarded } from '../src/event/guarded.js';
import { standStill } from './support/stand-still.js';

const inVain = { ok: false, error: new Error('gave no answer within 200 ms') };

test('what does not answer in time is given up', async () => {
  expect(await guarded(() => new Promise(() => {}), 200)).toEqual(inVain);
});

test('a standstill of the process is not laid at the door of what is waited for, but once', async () => {
  const answers = guarded(() => sleep(1_600, 'an answer'), 200);
  const hangs = guarded(() => new Promise(() => {}), 200);
  standStill();
  expect(await answers).toEqual({ ok: true, value: 'an answer' });
  standStill();
  expect(await hangs).toEqual(inVain);
});
