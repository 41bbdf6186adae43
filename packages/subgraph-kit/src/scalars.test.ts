import { money } from '@tally/kernel';
import { GraphQLError, parseValue, type GraphQLScalarType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { presentMoney, scalarResolvers } from './scalars.ts';

const { DateTime, MinorUnits, CurrencyCode } = scalarResolvers;

/** How a scalar reads a value as a variable and as a literal. */
const readings = (scalar: Pick<GraphQLScalarType, 'parseValue' | 'parseLiteral'>, value: unknown) => [
  () => scalar.parseValue(value),
  () => scalar.parseLiteral(parseValue(JSON.stringify(value))),
];

function expectRefused(scalar: Pick<GraphQLScalarType, 'parseValue' | 'parseLiteral'>, value: unknown): void {
  for (const read of readings(scalar, value)) {
    expect(read).toThrow(GraphQLError);
    expect(read).toThrow(expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } }) as Error);
  }
}

describe('DateTime', () => {
  test.each([
    ['2026-01-05T08:00:00Z', '2026-01-05T08:00:00.000Z'],
    ['2026-01-05T08:00:00.123456789+02:00', '2026-01-05T06:00:00.123Z'],
    ['2024-02-29T23:59:59-05:30', '2024-03-01T05:29:59.000Z'],
  ])('%s is a moment', (text, moment) => {
    for (const read of readings(DateTime, text)) expect(read()).toEqual(new Date(moment));
  });

  test.each([
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-05T24:00:00Z',
    '2026-01-05T08:60:00Z',
    '2026-01-05T08:00:00',
    '2026-01-05',
    '2026-01-05 08:00:00Z',
    '2026-01-05T08:00:00+25:00',
    'tomorrow',
    '',
    1_767_600_000,
    true,
  ])('%j is none', (value) => {
    expectRefused(DateTime, value);
  });

  test('a moment is shown in UTC with milliseconds', () => {
    expect(DateTime.serialize(new Date(Date.UTC(2026, 0, 5, 8)))).toBe('2026-01-05T08:00:00.000Z');
    expect(DateTime.serialize('2026-01-05T10:00:00+02:00')).toBe('2026-01-05T08:00:00.000Z');
  });
});

describe('MinorUnits', () => {
  test.each([0, 1, -1, 2 ** 53 - 1])('%d is an amount', (value) => {
    for (const read of readings(MinorUnits, value)) expect(read()).toBe(value);
    expect(MinorUnits.serialize(value)).toBe(value);
  });

  test.each([1.5, 2 ** 53, '1', null, true])('%j is none', (value) => {
    expectRefused(MinorUnits, value);
  });

  test('a bigint of a table is shown as a number', () => {
    expect(MinorUnits.serialize(199n)).toBe(199);
  });
});

describe('CurrencyCode', () => {
  test('three capital letters are one', () => {
    for (const read of readings(CurrencyCode, 'EUR')) expect(read()).toBe('EUR');
  });

  test.each(['eur', 'EURO', 'EU', ' EUR', 'EUR\n', 7])('%j is none', (value) => {
    expectRefused(CurrencyCode, value);
  });
});

test('a value of ours that cannot be shown is a fault, not the client’s mistake', () => {
  for (const show of [
    () => MinorUnits.serialize(1.5),
    () => MinorUnits.serialize(2n ** 53n),
    () => DateTime.serialize(new Date(Number.NaN)),
    () => DateTime.serialize(null),
    () => CurrencyCode.serialize('eur'),
  ]) {
    expect(show).toThrow(TypeError);
    expect(show).not.toThrow(GraphQLError);
  }
});

test('money is shown with the decimals of its currency', () => {
  expect([money(1_999, 'EUR'), money(500, 'JPY'), money(1_234, 'KWD')].map(presentMoney)).toEqual([
    { amount: 1_999, currency: 'EUR', fractionDigits: 2 },
    { amount: 500, currency: 'JPY', fractionDigits: 0 },
    { amount: 1_234, currency: 'KWD', fractionDigits: 3 },
  ]);
});
