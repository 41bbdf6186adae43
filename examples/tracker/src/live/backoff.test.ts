import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('each failure doubles the pause, up to 15 seconds', () => {
  expect([0, 1, 2, 3, 10, 1_000].map((failures) => backoffMs(failures, 1))).toEqual([400, 800, 1_600, 3_200, 15_000, 15_000]);
});

test('chance takes up to half of it away', () => {
  expect(backoffMs(0, 0)).toBe(200);
});
