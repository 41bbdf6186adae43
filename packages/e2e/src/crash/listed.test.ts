import { expect, test } from 'vitest';
import { listed } from './listed.ts';

const colours = ['red', 'green'] as const;

test('a flag names things by commas, and nothing when it is absent', () => {
  expect(listed('--colours', 'green, red', colours)).toEqual(['green', 'red']);
  expect(listed('--colours', undefined, colours)).toBeNull();
});

test('what does not exist is refused with the list', () => {
  expect(() => listed('--colours', 'blue', colours)).toThrow('--colours: there is no blue; there are red, green');
});
