import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOrderNumber, toOrderNumber } from './order-number.ts';

const counter = fc.bigInt({ min: 0n, max: 2n ** 40n - 1n });

test('a number leads back to its counter, however it is written', () => {
  fc.assert(
    fc.property(counter, (n) => {
      const number = toOrderNumber(n);
      expect(number).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
      expect(parseOrderNumber(number)).toBe(n);
      expect(parseOrderNumber(` ${number.slice(0, 4).toLowerCase()}-${number.slice(4)}`)).toBe(n);
    }),
  );
});

test('the first thousand numbers differ, and neighbours do not look alike', () => {
  const numbers = Array.from({ length: 1_000 }, (_, n) => toOrderNumber(BigInt(n + 1)));
  expect(new Set(numbers).size).toBe(1_000);
  const sharing = numbers.filter((number, at) => at > 0 && numbers[at - 1]?.slice(0, 4) === number.slice(0, 4));
  expect(sharing.length).toBeLessThan(5);
});

test('what is no number is none, and letters that look like digits are read as them', () => {
  for (const text of ['', 'ABC', 'U0000000', 'ABCDEFGHJ', "'; DROP"]) expect(parseOrderNumber(text)).toBeNull();
  expect(parseOrderNumber('OIL00000')).toBe(parseOrderNumber('01100000'));
});

test('a counter beyond forty bits has no number', () => {
  expect(() => toOrderNumber(2n ** 40n)).toThrow(RangeError);
  expect(() => toOrderNumber(-1n)).toThrow(RangeError);
});
