import { expect, test } from 'vitest';
import { goTo, hrefOf, start, type LeftPlace, type RightPlace } from './places.ts';

const places: readonly (LeftPlace | RightPlace)[] = [
  { kind: 'shop' },
  { kind: 'cart' },
  { kind: 'orders' },
  { kind: 'order', id: 'ord_019b8d2b8c00702f84d5528e9a96860f' },
  { kind: 'order', id: 'a/b c%' },
  { kind: 'messages' },
];

test.each(places)('the address of $kind leads there', (place) => {
  const there = goTo(start, hrefOf(place));

  expect(there[there.front]).toEqual(place);
});

test('the other pane stays where it was', () => {
  const atOrder = goTo(goTo(start, '#/cart'), '#/orders/ord_1');

  expect(goTo(atOrder, '#/')).toEqual({ front: 'left', left: { kind: 'shop' }, right: { kind: 'order', id: 'ord_1' } });
  expect(atOrder.left).toEqual({ kind: 'cart' });
});

test.each(['', '#', '#/', '#/nowhere', '#orders-of-somebody'])('%j is the shop', (hash) => {
  expect(goTo(start, hash)).toEqual(start);
});

test('an address that cannot be decoded is taken as it is', () => {
  expect(goTo(start, '#/orders/%E0%A4%A').right).toEqual({ kind: 'order', id: '%E0%A4%A' });
});
