import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { type Deadline, Deadlines } from '../../src/outbox/deadlines.js';
import { standStill } from '../support/stand-still.js';

/** What was missed, by name, in its order. */
function watch(deadlines: Deadlines): { missed: string[]; add(name: string): ReturnType<Deadlines['add']> } {
  const missed: string[] = [];
  return { missed, add: (name) => deadlines.add(() => missed.push(name)) };
}

describe('deadlines', () => {
  test('are missed when their time is over, each once; what is met is not', async () => {
    const { missed, add } = watch(new Deadlines(50));
    const [, b] = [add('a'), add('b'), add('c')];
    expect(b.meet()).toBe(true);
    await expect.poll(() => missed).toEqual(['a', 'c']);
    expect(b.meet()).toBe(false);
    await sleep(120);
    expect(missed).toEqual(['a', 'c']);
  });

  test('say whether they were met in time', async () => {
    const { missed, add } = watch(new Deadlines(20));
    const late = add('late');
    await expect.poll(() => missed).toEqual(['late']);
    expect(late.open).toBe(false);
    expect(late.meet()).toBe(false);
  });

  test('have each a time of their own, also after a while without any', async () => {
    const deadlines = new Deadlines(200);
    const missed: { name: string; afterMs: number }[] = [];
    const add = (name: string): Deadline => {
      const begin = performance.now();
      return deadlines.add(() => void missed.push({ name, afterMs: performance.now() - begin }));
    };
    add('met').meet();
    await sleep(120);
    add('first');
    await sleep(60);
    add('second');
    await expect.poll(() => missed.map(({ name }) => name)).toEqual(['first', 'second']);
    // The timer of the one that was met was there already.
    for (const { afterMs } of missed) expect(afterMs).toBeGreaterThanOrEqual(199);
  });

  test('are not missed for what came in time, but could not be read while the event loop was blocked', async () => {
    const { missed, add } = watch(new Deadlines(30));
    const deadline = add('a');
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise((resolve) => port1.once('message', () => resolve(deadline.meet())));
    await new Promise((resolve) => void setImmediate(resolve)); // after this phase of the loop come the timers
    port2.postMessage('stored');
    const end = performance.now() + 60;
    while (performance.now() < end);
    expect(await answered).toBe(true);
    expect(missed).toEqual([]);
    port1.close();
  });

  test('begin anew when the process stood still, once', async () => {
    const { missed, add } = watch(new Deadlines(200));
    const [a] = [add('a'), add('b')];
    standStill();
    await sleep(100);
    expect(missed).toEqual([]);
    expect(a.meet()).toBe(true);
    standStill();
    await sleep(20);
    expect(missed).toEqual(['b']);
  });

  test('bear thousands, of which one hangs', async () => {
    const { missed, add } = watch(new Deadlines(300));
    add('hangs');
    for (let index = 0; index < 5_000; index += 1) add(`${index}`).meet();
    expect(missed).toEqual([]);
    await expect.poll(() => missed).toEqual(['hangs']);
  });
});
