import { expect, test } from 'vitest';
import { createRandom } from '@tally/kernel';
import { alwaysTried, jobPoints, quickPoints, reachablePoints, shuffled, targetOf } from './points.ts';

test('it is known of every point in which process it lives', () => {
  const random = createRandom(1);
  expect(reachablePoints.map((point) => targetOf(point, random).point)).toEqual(reachablePoints);
  expect(jobPoints.filter((point) => !point.startsWith('job.'))).toEqual([]);
});

test('what leads to a point depends on the point', () => {
  const random = createRandom(1);
  expect(targetOf('saga.sweep.after', random).drive).toBe('overdue');
  expect(targetOf('event.park.after', random).drive).toBe('parking');
  expect(targetOf('provider.void.after', random)).toMatchObject({ app: 'payments', role: 'worker', drive: 'crowd' });
});

test('a quick run tries a third, by the seed, and never leaves out what matters most', () => {
  const [first, again, other] = [1, 1, 2].map((seed) => quickPoints(createRandom(seed)));
  expect(first).toHaveLength(Math.ceil(reachablePoints.length / 3));
  expect(first).toEqual(again);
  expect(first).not.toEqual(other);
  expect(new Set(first).size).toBe(first?.length);
  for (const points of [first, other]) expect(points).toEqual(expect.arrayContaining([...alwaysTried]));
});

test('a shuffle keeps everything', () => {
  expect(shuffled([1, 2, 3, 4, 5], createRandom(3)).toSorted()).toEqual([1, 2, 3, 4, 5]);
});
