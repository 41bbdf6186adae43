import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { partitionOf } from './partition-of.ts';

test('the partition of a key never changes: records of that key are stored there', () => {
  const keys = ['', 'a', 'ord_018f3c6de2a07b1c9d2e3f4a5b6c7d8e', 'ключ 🗝'];
  expect(keys.map((key) => partitionOf(key, 8))).toEqual([3, 3, 3, 6]);
});

test('ids spread evenly over the partitions', () => {
  const counts = new Array<number>(8).fill(0);
  for (let at = 0; at < 8000; at += 1) counts[partitionOf(newId('ord'), 8)]! += 1;

  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
});
