import { fractionDigits, type Money } from '@tally/kernel';
import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { badInput } from './errors.ts';

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

/** What a client sent is refused; what a resolver gave is a fault of ours, and masked like any other. */
type Refuse = (message: string) => never;

const refuseInput: Refuse = (message) => {
  throw badInput(message);
};

const refuseOutput: Refuse = (message) => {
  throw new TypeError(message);
};

function minorUnits(value: unknown, refuse: Refuse): number {
  return typeof value === 'number' && Number.isSafeInteger(value)
    ? value
    : refuse('MinorUnits is a whole number of minor units, at most 2^53 - 1.');
}

// RFC 3339 with capitals. JavaScript's own parser takes the thirtieth of February for the second of March, and 24:00 for the next day.
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

function dateTime(value: unknown, refuse: Refuse): Date {
  const [text, year, month, day] = (typeof value === 'string' ? rfc3339.exec(value) : null) ?? refuse('DateTime is RFC 3339 text.');
  const lastOfMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || Number(day) > lastOfMonth ? refuse('DateTime names no moment.') : date;
}

const momentOf = (value: unknown): Date =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? value : dateTime(value, refuseOutput);

const currencyCode = (value: unknown, refuse: Refuse): string =>
  typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : refuse('CurrencyCode is three capital letters.');

const textOf = (node: ValueNode): unknown => (node.kind === Kind.STRING ? node.value : undefined);

/**
 * Resolvers of the scalars that all subgraphs spell alike: DateTime (RFC 3339 in UTC with milliseconds; a `Date` in code), MinorUnits, CurrencyCode.
 * A subgraph takes those its schema has.
 */
export const scalarResolvers = {
  DateTime: new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    serialize: (value) => momentOf(value).toISOString(),
    parseValue: (value) => dateTime(value, refuseInput),
    parseLiteral: (node) => dateTime(textOf(node), refuseInput),
  }),
  MinorUnits: new GraphQLScalarType<number, number>({
    name: 'MinorUnits',
    serialize: (value) => minorUnits(typeof value === 'bigint' ? Number(value) : value, refuseOutput),
    parseValue: (value) => minorUnits(value, refuseInput),
    parseLiteral: (node) => minorUnits(node.kind === Kind.INT ? Number(node.value) : undefined, refuseInput),
  }),
  CurrencyCode: new GraphQLScalarType<string, string>({
    name: 'CurrencyCode',
    serialize: (value) => currencyCode(value, refuseOutput),
    parseValue: (value) => currencyCode(value, refuseInput),
    parseLiteral: (node) => currencyCode(textOf(node), refuseInput),
  }),
};
