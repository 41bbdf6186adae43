import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addMoney, compareMoney, fractionDigits, money, multiplyMoney, shareOf, subtractMoney, sumMoney, zero } from './money.ts';

const amounts = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });

test('what is added and subtracted again is what it was', () => {
  fc.assert(
    fc.property(amounts, amounts, (left, right) => {
      expect(subtractMoney(addMoney(money(left, 'EUR'), money(right, 'EUR')), money(right, 'EUR'))).toEqual(money(left, 'EUR'));
    }),
  );
});

test('a sum does not depend on the order of its parts', () => {
  fc.assert(
    fc.property(fc.array(amounts), (parts) => {
      const forwards = parts.map((amount) => money(amount, 'EUR'));
      expect(sumMoney(forwards, 'EUR')).toEqual(sumMoney(forwards.toReversed(), 'EUR'));
    }),
  );
});

test('a share is never more than half a unit away from the exact part', () => {
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 20_000 }), (whole, numerator, denominator) => {
      const share = BigInt(shareOf(money(whole, 'EUR'), numerator, denominator).amount);
      const error = share * BigInt(denominator) - BigInt(whole) * BigInt(numerator);
      expect(2n * (error < 0n ? -error : error) <= BigInt(denominator)).toBe(true);
    }),
  );
});

test('half a unit is rounded to the even neighbour', () => {
  expect([1, 3, 5, -1, -3].map((amount) => shareOf(money(amount, 'EUR'), 1, 2).amount)).toEqual([0, 2, 2, 0, -2]);
});

test('currencies do not mix', () => {
  expect(() => addMoney(money(1, 'EUR'), money(1, 'USD'))).toThrow(RangeError);
  expect(() => compareMoney(money(1, 'EUR'), money(1, 'USD'))).toThrow(RangeError);
});

test('a fraction, an overflow and a currency that is none are refused', () => {
  expect(() => money(0.5, 'EUR')).toThrow(RangeError);
  expect(() => multiplyMoney(money(Number.MAX_SAFE_INTEGER, 'EUR'), 2)).toThrow(RangeError);
  expect(() => multiplyMoney(money(1, 'EUR'), 1.5)).toThrow(RangeError);
  expect(() => money(1, 'euro')).toThrow(RangeError);
  expect(() => shareOf(money(1, 'EUR'), 1, 0)).toThrow(RangeError);
});

test('zero has one sign', () => {
  expect(Object.is(multiplyMoney(money(5, 'EUR'), -0).amount, 0)).toBe(true);
  expect(zero('EUR').amount).toBe(0);
});

test('yen have no decimals, dinars three, euros two', () => {
  expect([fractionDigits('JPY'), fractionDigits('KWD'), fractionDigits('EUR')]).toEqual([0, 3, 2]);
});
