import { expect, test } from 'vitest';
import { belowFloors } from './floors.ts';

test('what falls short of its floor is told', () => {
  expect(
    belowFloors([
      ['orders', 4, 5],
      ['kills', 5, 5],
    ]),
  ).toEqual(['only 4 orders, at least 5 must be']);
});
