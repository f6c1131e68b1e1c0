import { memoryOutbox } from 'nestjs-workos-audit';
import { afterEach, expect, test, vi } from 'vitest';
import { makeEntries } from './support/files.js';

afterEach(() => void vi.useRealTimers());

test('answers although the timers are those of a test', async () => {
  vi.useFakeTimers();
  const outbox = memoryOutbox();
  await outbox.open();
  await outbox.append(makeEntries(1));
  expect(await outbox.stats()).toMatchObject({ pending: 1 });
});

test('answers what came together in one go, and each refusal for itself', async () => {
  const outbox = memoryOutbox({ capacity: 2 });
  await outbox.open();
  const answers: number[] = [];
  const appends = makeEntries(3).map((entry, index) =>
    outbox.append([entry]).then(
      () => void answers.push(index),
      (error: unknown) => void answers.push(error instanceof Error && error.message.includes('is full') ? -1 : index),
    ),
  );
  expect(await outbox.stats()).toMatchObject({ pending: 2 }); // accepted at once
  await Promise.all(appends);
  expect(answers).toEqual([-1, 0, 1]);
});
