import { fractionDigits, type Money } from '@tally/kernel';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

/** `Money` as the graph shows it. */
export interface PresentedMoney extends Money {
  readonly fractionDigits: number;
}

/** An amount with the number of decimals that people expect of its currency. */
export const presentMoney = ({ amount, currency }: Money): PresentedMoney => ({
  amount,
  currency,
  fractionDigits: fractionDigits(currency),
});

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
};

function minorUnits(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value)
    ? value
    : refuse('MinorUnits is a whole number of minor units, at most 2^53 - 1.');
}

function dateTime(value: unknown): Date {
  const text =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value)
      ? value
      : refuse('DateTime is RFC 3339 text.');
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? refuse('DateTime names no moment.') : date;
}

const currencyCode = (value: unknown): string =>
  typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : refuse('CurrencyCode is three capital letters.');

const textOf = (node: ValueNode): unknown => (node.kind === Kind.STRING ? node.value : undefined);

/**
 * Resolvers of the scalars that all subgraphs spell alike: DateTime (RFC 3339 in UTC with milliseconds; a `Date` in code), MinorUnits, CurrencyCode.
 * A subgraph takes those its schema has.
 */
export const scalarResolvers = {
  DateTime: new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    serialize: (value) => (value instanceof Date ? value.toISOString() : dateTime(value).toISOString()),
    parseValue: dateTime,
    parseLiteral: (node) => dateTime(textOf(node)),
  }),
  MinorUnits: new GraphQLScalarType<number, number>({
    name: 'MinorUnits',
    serialize: (value) => minorUnits(typeof value === 'bigint' ? Number(value) : value),
    parseValue: minorUnits,
    parseLiteral: (node) => minorUnits(node.kind === Kind.INT ? Number(node.value) : undefined),
  }),
  CurrencyCode: new GraphQLScalarType<string, string>({
    name: 'CurrencyCode',
    serialize: currencyCode,
    parseValue: currencyCode,
    parseLiteral: (node) => currencyCode(textOf(node)),
  }),
};
