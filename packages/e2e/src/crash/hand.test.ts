import { expect, test } from 'vitest';
import { spread, type Aim } from './hand.ts';

const aim = (name: string): Aim => ({ name, point: 'relay.append.before', app: 'orders', role: 'worker', drive: 'crowd' });
const spreadNames = (names: string): string =>
  spread([...names].map(aim))
    .map(({ name }) => name)
    .join('');

test('neighbours are different processes as far as that goes', () => {
  for (const names of ['aaabbc', 'abcabc', 'aabbcc', 'aaab']) {
    const order = spreadNames(names);
    expect([...order].toSorted().join('')).toBe(names === 'abcabc' ? 'aabbcc' : names);
    const pairs = [...order].slice(1).filter((name, at) => name === order[at]).length;
    expect(pairs, order).toBe(names === 'aaab' ? 1 : 0);
  }
});

test('nothing is spread to nothing', () => {
  expect(spread([])).toEqual([]);
});
