import { gql, type TypedDocumentNode } from '@apollo/client';
import type { Money } from '../look/money.ts';

/** An order in the list. */
export interface OrderSummary {
  readonly id: string;
  readonly number: string;
  readonly sequence: number;
  readonly status: string;
  readonly placedAt: string;
  readonly total: Money;
  readonly lines: readonly { readonly id: string; readonly title: string; readonly quantity: number }[];
}

interface MyOrders {
  readonly me: {
    readonly id: string;
    readonly orders: { readonly totalCount: number | null; readonly edges: readonly { readonly node: OrderSummary }[] } | null;
  } | null;
}

const orderSummary = gql`
  fragment OrderSummary on Order {
    id
    number
    sequence
    status
    placedAt
    total {
      amount
      currency
      fractionDigits
    }
    lines {
      id
      title
      quantity
    }
  }
`;

export const myOrders: TypedDocumentNode<MyOrders> = gql`
  query MyOrders {
    me {
      id
      orders(first: 20) {
        totalCount
        edges {
          node {
            ...OrderSummary
          }
        }
      }
    }
  }
  ${orderSummary}
`;

interface MyOrderChange {
  readonly myOrdersChanged: { readonly sequence: number; readonly status: string; readonly order: OrderSummary | null };
}

export const watchMyOrders: TypedDocumentNode<MyOrderChange, { afterSequence: number | null }> = gql`
  subscription WatchMyOrders($afterSequence: Int) {
    myOrdersChanged(afterSequence: $afterSequence) {
      sequence
      status
      order {
        ...OrderSummary
      }
    }
  }
  ${orderSummary}
`;
