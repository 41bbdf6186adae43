import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

const first = (seed: number, count: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

test('the same seed gives the same numbers, another one others', () => {
  expect(first(7, 20)).toEqual(first(7, 20));
  expect(first(7, 20)).not.toEqual(first(8, 20));
});

test('numbers lie in their range and reach its ends', () => {
  const random = createRandom(1);
  const drawn = new Set(Array.from({ length: 2_000 }, () => random.between(3, 6)));
  expect([...drawn].toSorted()).toEqual([3, 4, 5, 6]);
  expect(Array.from({ length: 100 }, () => random.chance(0))).not.toContain(true);
  expect(Array.from({ length: 100 }, () => random.chance(1))).not.toContain(false);
});

test('a fork depends on seed and name alone', () => {
  const fresh = createRandom(5).fork('kills').next();
  const used = createRandom(5);
  used.next();

  expect(used.fork('kills').next()).toBe(fresh);
  expect(used.fork('delays').next()).not.toBe(fresh);
  expect(createRandom(6).fork('kills').next()).not.toBe(fresh);
});
