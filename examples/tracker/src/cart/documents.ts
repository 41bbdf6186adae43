import { gql, type TypedDocumentNode } from '@apollo/client';
import { refusalFields, type Refusal } from '../graph/refusal.ts';
import type { Money } from '../look/money.ts';
import type { Stock } from '../shop/documents.ts';

export interface CartLine {
  readonly id: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly lineTotal: Money;
  readonly variant: {
    readonly id: string;
    readonly title: string;
    readonly product: { readonly id: string; readonly title: string };
    readonly inventory: Stock;
  } | null;
}

export interface CartContents {
  readonly id: string;
  readonly version: number;
  readonly subtotal: Money;
  readonly lines: readonly CartLine[];
}

export interface LineInput {
  readonly variantId: string;
  readonly quantity: number;
}

interface CartAnswer {
  readonly cart: CartContents | null;
  readonly userErrors: readonly Refusal[];
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly variantId: string | null }[];
}

const cartContents = gql`
  fragment CartContents on Cart {
    id
    version
    subtotal {
      amount
      currency
      fractionDigits
    }
    lines {
      id
      quantity
      unitPrice {
        amount
        currency
        fractionDigits
      }
      lineTotal {
        amount
        currency
        fractionDigits
      }
      variant {
        id
        title
        product {
          id
          title
        }
        inventory {
          available
          status
          version
        }
      }
    }
  }
`;

export const myCart: TypedDocumentNode<{ readonly me: { readonly id: string; readonly cart: CartContents | null } | null }> = gql`
  query MyCart {
    me {
      id
      cart {
        ...CartContents
      }
    }
  }
  ${cartContents}
`;

export const guestCart: TypedDocumentNode<{ readonly cart: CartContents | null }, { id: string }> = gql`
  query GuestCart($id: ID!) {
    cart(id: $id) {
      ...CartContents
    }
  }
  ${cartContents}
`;

interface CartLinesInput {
  readonly cartId?: string;
  readonly lines: readonly LineInput[];
}

export const addLines: TypedDocumentNode<{ readonly changed: CartAnswer }, { input: CartLinesInput }> = gql`
  mutation AddLines($input: CartLinesInput!) {
    changed: cartLinesAdd(input: $input) {
      cart {
        ...CartContents
      }
      userErrors {
        ...RefusalFields
      }
      warnings {
        code
        message
        variantId
      }
    }
  }
  ${cartContents}
  ${refusalFields}
`;

export const setLines: TypedDocumentNode<{ readonly changed: CartAnswer }, { input: CartLinesInput }> = gql`
  mutation SetLines($input: CartLinesInput!) {
    changed: cartLinesSet(input: $input) {
      cart {
        ...CartContents
      }
      userErrors {
        ...RefusalFields
      }
      warnings {
        code
        message
        variantId
      }
    }
  }
  ${cartContents}
  ${refusalFields}
`;

export const claimCart: TypedDocumentNode<{ readonly changed: Omit<CartAnswer, 'warnings'> }, { cartId: string }> = gql`
  mutation ClaimCart($cartId: ID!) {
    changed: cartClaim(cartId: $cartId) {
      cart {
        ...CartContents
      }
      userErrors {
        ...RefusalFields
      }
    }
  }
  ${cartContents}
  ${refusalFields}
`;
