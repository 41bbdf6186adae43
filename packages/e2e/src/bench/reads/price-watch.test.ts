import { expect, test } from 'vitest';
import { assertFresh, createPriceWatch } from './price-watch.ts';

const mug = 'var_mug';

test('an answer is held to what was acknowledged when it was asked for', () => {
  const watch = createPriceWatch();
  watch.acknowledge(mug, 10);
  const early = watch.look('others');
  watch.acknowledge(mug, 11);
  const late = watch.look('others');

  early([{ id: mug, price: 10 }]);
  late([{ id: mug, price: 12 }]);
  expect(watch.stale).toEqual([]);

  late([{ id: mug, price: 10 }]);
  expect(watch.stale).toEqual([{ id: mug, price: 10, looker: 'others', acknowledged: 11 }]);
  expect(() => {
    assertFresh(watch);
  }).toThrow('1 of 3 prices were stale; the first: var_mug cost 10 (others) after 11 was acknowledged');
});

test('a price that nobody has changed is not checked', () => {
  const watch = createPriceWatch();
  watch.look('others')([{ id: mug, price: 1 }]);
  expect(watch.checks.others).toBe(0);
});

test('a run in which one of the lookers checked nothing has no result', () => {
  const watch = createPriceWatch();
  watch.acknowledge(mug, 10);
  for (const looker of ['writer', 'others'] as const) watch.look(looker)([{ id: mug, price: 10 }]);
  expect(() => {
    assertFresh(watch);
  }).toThrow('no price was checked: afterwards');
});
