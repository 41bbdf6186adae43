import type { Id } from '@tally/kernel';

export interface Seller {
  readonly id: Id<'sell'>;
  readonly slug: string;
  readonly name: string;
}

/** The house itself, which the first migration puts there: it sells whatever staff create. */
export const houseSellerId = 'sell_01930000000070008000000000000001' as Id<'sell'>;
