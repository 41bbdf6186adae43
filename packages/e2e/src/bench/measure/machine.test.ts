import { expect, test } from 'vitest';
import { takenByOthers } from './machine.ts';

test('what is busy and not ours is taken by others', () => {
  expect(takenByOthers({ busyMs: 1_000, allMs: 10_000 }, { busyMs: 7_000, allMs: 20_000 }, 4_000)).toBeCloseTo(0.2);
});

test('rounding never makes it less than nothing', () => {
  expect(takenByOthers({ busyMs: 0, allMs: 0 }, { busyMs: 90, allMs: 1_000 }, 100)).toBe(0);
});
