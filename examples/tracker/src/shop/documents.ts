import { gql, type TypedDocumentNode } from '@apollo/client';
import type { Money } from '../look/money.ts';

/** What can be sold of a variant. A higher version is newer. */
export interface Stock {
  readonly available: number;
  readonly status: 'IN_STOCK' | 'LOW' | 'OUT_OF_STOCK';
  readonly version: number;
}

export interface Variant {
  readonly id: string;
  readonly title: string;
  readonly price: Money;
  readonly compareAtPrice: Money | null;
  readonly inventory: Stock;
}

export interface Product {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly category: { readonly id: string; readonly name: string };
  readonly variants: { readonly totalCount: number | null; readonly edges: readonly { readonly node: Variant }[] };
}

interface FoundProducts {
  readonly products: {
    readonly totalCount: number | null;
    readonly edges: readonly { readonly node: Product }[];
  };
}

export const searchProducts: TypedDocumentNode<FoundProducts, { query: string | null; first: number }> = gql`
  query SearchProducts($query: String, $first: Int!) {
    products(query: $query, first: $first) {
      totalCount
      edges {
        node {
          id
          title
          description
          category {
            id
            name
          }
          variants(first: 5) {
            totalCount
            edges {
              node {
                id
                title
                price {
                  amount
                  currency
                  fractionDigits
                }
                compareAtPrice {
                  amount
                  currency
                  fractionDigits
                }
                inventory {
                  available
                  status
                  version
                }
              }
            }
          }
        }
      }
    }
  }
`;

interface StockChange {
  readonly inventoryChanged: {
    readonly sequence: number;
    readonly available: number;
    readonly status: Stock['status'];
    readonly variant: { readonly id: string } | null;
  };
}

/** Holds everything it shows, so that no part of the shop is asked per change. */
export const watchStock: TypedDocumentNode<StockChange, { variantIds: readonly string[] }> = gql`
  subscription WatchStock($variantIds: [ID!]!) {
    inventoryChanged(variantIds: $variantIds) {
      sequence
      available
      status
      variant {
        id
      }
    }
  }
`;

export const stockOfVariant: TypedDocumentNode<{ readonly inventory: Stock }> = gql`
  fragment StockOfVariant on ProductVariant {
    inventory {
      available
      status
      version
    }
  }
`;
