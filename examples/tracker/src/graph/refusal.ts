import { gql, type DocumentNode } from '@apollo/client';
import type { Money } from '../look/money.ts';

/** Why the shop said no. Which members are there depends on the code. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly requested?: number;
  readonly available?: number;
  readonly variant?: {
    readonly id: string;
    readonly title: string;
    readonly product: { readonly id: string; readonly title: string };
  } | null;
  readonly expected?: Money;
  readonly actual?: Money;
}

export const refusalFields: DocumentNode = gql`
  fragment RefusalFields on UserError {
    code
    message
    ... on InsufficientStockError {
      requested
      available
      variant {
        id
        title
        product {
          id
          title
        }
      }
    }
    ... on PriceChangedError {
      expected {
        amount
        currency
        fractionDigits
      }
      actual {
        amount
        currency
        fractionDigits
      }
    }
  }
`;
