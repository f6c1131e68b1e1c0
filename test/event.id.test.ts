import { expect, test } from 'vitest';
import { eventId } from '../src/event/event.id.js';

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an id is a UUID of version 7 that tells its time', () => {
  const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const id = eventId(time);
  expect(id).toMatch(V7);
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(time);
  for (const odd of [0, 1.5, 2 ** 47]) expect(eventId(odd)).toMatch(V7);
});

test('ids stand in the order of their times, and none is there twice', () => {
  const times = Array.from({ length: 2_000 }, (_, index) => 1_700_000_000_000 + (index >> 2));
  const ids = times.map(eventId);
  expect(new Set(ids).size).toBe(ids.length);
  const quarters = ids.filter((_, index) => index % 4 === 0);
  expect(quarters.toSorted()).toEqual(quarters);
});
