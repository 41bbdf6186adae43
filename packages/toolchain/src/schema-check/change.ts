import type { Reach } from './reach.ts';

/** A schema coordinate: `Order`, `Order.total`, `Query.orders(first:)`, `OrderStatus.PAID`, `@live`. */
export type Coordinate = string;

/** What a change can do: break clients; change what they get without breaking them; neither. */
export type Verdict = 'breaking' | 'dangerous' | 'safe';

/** One difference between two graphs. `reach` says which operations a breaking one meets; the others meet none. */
export type Change = {
  readonly kind: string;
  readonly coordinate: Coordinate;
  readonly what: string;
} & ({ readonly verdict: 'breaking'; readonly reach: Reach } | { readonly verdict: 'dangerous' | 'safe' });

/** Coordinate of an argument of a field. */
export const argumentOf = (type: string, field: string, argument: string): Coordinate => `${type}.${field}(${argument}:)`;

/** The type, or directive, that a coordinate begins with. */
export const typeOf = (coordinate: Coordinate): string => /^@?\w+/.exec(coordinate)?.[0] ?? coordinate;

/** The field that a coordinate of an argument belongs to; every other coordinate is returned as it is. */
export const fieldOf = (coordinate: Coordinate): Coordinate => coordinate.replace(/\(.*$/, '');
