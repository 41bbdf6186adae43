/** Calls of a buyer's money, each made under an Idempotency-Key of its own. */
export const moneyOperations = ['authorise', 'capture', 'void', 'refund'] as const;

/** One of the four calls that move or reserve money. */
export type MoneyOperation = (typeof moneyOperations)[number];

/** What a call asks for, after parsing. Plain JSON, because a late operation is stored until it is due. Amounts are minor units, 1 to 2^53 - 1. */
export type MoneyRequest =
  | {
      readonly operation: 'authorise';
      readonly key: string;
      readonly order: string;
      readonly amount: number;
      readonly currency: string;
      readonly token: string;
      readonly capture: boolean;
    }
  | {
      readonly operation: 'capture' | 'refund';
      readonly key: string;
      readonly authorisation: string;
      readonly amount: number;
      readonly currency: string;
    }
  | { readonly operation: 'void'; readonly key: string; readonly authorisation: string };
