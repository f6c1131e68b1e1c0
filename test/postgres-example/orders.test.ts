import type { StoredEvent } from 'nestjs-workos-audit/testing';
import { expect, test } from 'vitest';
import { Shop } from './support/shop.js';

const limit = { timeout: 90_000 };
const orderOf = (event?: StoredEvent): string | undefined => event?.targets.find(({ type }) => type === 'order')?.id;

test('an order is there, and its event', limit, async () => {
  const shop = await Shop.start();
  expect(await shop.order('lamp', 4)).toBe(303);
  const [event] = await shop.events();
  expect(event).toMatchObject({
    action: 'order.place',
    version: 1,
    actor: { id: 'user_ada', name: 'Ada Lovelace' },
    metadata: { product: 'lamp', quantity: 4 },
    context: { location: '127.0.0.1' },
  });
  expect(orderOf(event)).toBe('1');
  const page = await (await fetch(shop.url)).text();
  expect(page).toContain('Order 1: 4 × lamp');
  expect(page).toContain('lamp (6 left)');
  expect(page).toContain(shop.workos.url);
});

test('an order that fails has no event either, although the event was recorded before', limit, async () => {
  const shop = await Shop.start();
  expect(await shop.order('chair', 2)).toBe(303);
  expect(await shop.order('chair', 2)).toBe(409);
  expect(await shop.order('chair', 1)).toBe(303);
  expect((await shop.events()).map(orderOf)).toEqual(['1', '3']); // a sequence does not roll back
  expect(await shop.orderedIds()).toEqual(['1', '3']);
});

test('of many orders at the same time, exactly those that were placed have an event', limit, async () => {
  const shop = await Shop.start();
  const statuses = await Promise.all(Array.from({ length: 30 }, () => shop.order('lamp', 1)));
  expect(statuses.filter((status) => status === 303)).toHaveLength(10);
  expect(statuses.filter((status) => status === 409)).toHaveLength(20);
  const placed = await shop.orderedIds();
  expect(placed).toHaveLength(10);
  expect((await shop.events()).map(orderOf).toSorted()).toEqual(placed.toSorted());
});

test('a cancellation is audited once, and one of nothing is not', limit, async () => {
  const shop = await Shop.start();
  await shop.order('chair', 3);
  expect((await shop.post('/orders/1/cancel')).status).toBe(303);
  expect((await shop.post('/orders/1/cancel')).status).toBe(404);
  expect(await shop.order('chair', 3)).toBe(303);
  const events = await shop.events();
  expect(events.map((event) => `${event.action} ${orderOf(event)}`).toSorted()).toEqual([
    'order.cancel 1',
    'order.place 1',
    'order.place 2',
  ]);
});

test.each([
  ['what the shop does not have', { product: 'table', quantity: '1' }],
  ['less than one', { product: 'lamp', quantity: '-3' }],
  ['no number', { product: 'lamp', quantity: '<b>' }],
  ['nothing', {}],
])('refuses %s', limit, async (_what, form) => {
  const shop = await Shop.start();
  expect((await shop.post('/orders', form)).status).toBe(400);
  expect(await shop.events()).toEqual([]);
});
