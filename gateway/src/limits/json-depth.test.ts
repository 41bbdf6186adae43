import { expect, test } from 'vitest';
import { isDeeperThan } from './json-depth.ts';

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

test.each([
  [undefined, 0, false],
  ['text', 0, false],
  [{}, 0, true],
  [{}, 1, false],
  [{ a: { b: 1 } }, 1, true],
  [{ a: [{ b: 1 }] }, 3, false],
  [{ a: [{ b: [] }] }, 3, true],
])('%o nests deeper than %i: %s', (value, limit, deeper) => {
  expect(isDeeperThan(value, limit)).toBe(deeper);
});

test('a hundred thousand levels are recognised without walking them', () => {
  expect(isDeeperThan(nested(32), 32)).toBe(false);
  expect(isDeeperThan(nested(33), 32)).toBe(true);
  expect(isDeeperThan(nested(100_000), 32)).toBe(true);
  expect(isDeeperThan(nested(100), Infinity)).toBe(false);
});
