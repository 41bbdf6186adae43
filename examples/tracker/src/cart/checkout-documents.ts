import { gql, type TypedDocumentNode } from '@apollo/client';
import { refusalFields, type Refusal } from '../graph/refusal.ts';
import type { Money } from '../look/money.ts';
import type { LineInput } from './documents.ts';

/** Where an order goes. */
export interface Address {
  readonly name: string | null;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string;
  readonly country: string;
}

interface Buyer {
  readonly me: {
    readonly id: string;
    readonly displayName: string | null;
    readonly addresses: readonly (Address & { readonly id: string })[] | null;
  } | null;
}

export const buyer: TypedDocumentNode<Buyer> = gql`
  query Buyer {
    me {
      id
      displayName
      addresses {
        id
        name
        line1
        line2
        city
        region
        postalCode
        country
      }
    }
  }
`;

interface Quote {
  readonly cartQuote: { readonly subtotal: Money; readonly shipping: Money; readonly tax: Money; readonly total: Money } | null;
}

export const quoteCart: TypedDocumentNode<Quote, { cartId: string; shippingAddress: Address }> = gql`
  query QuoteCart($cartId: ID!, $shippingAddress: AddressInput!) {
    cartQuote(cartId: $cartId, shippingAddress: $shippingAddress) {
      subtotal {
        amount
        currency
        fractionDigits
      }
      shipping {
        amount
        currency
        fractionDigits
      }
      tax {
        amount
        currency
        fractionDigits
      }
      total {
        amount
        currency
        fractionDigits
      }
    }
  }
`;

interface AddedMethod {
  readonly paymentMethodAdd: { readonly paymentMethod: { readonly id: string } | null; readonly userErrors: readonly Refusal[] };
}

export const addPaymentMethod: TypedDocumentNode<AddedMethod, { input: { provider: string; token: string; makeDefault: boolean } }> = gql`
  mutation AddPaymentMethod($input: PaymentMethodInput!) {
    paymentMethodAdd(input: $input) {
      paymentMethod {
        id
      }
      userErrors {
        ...RefusalFields
      }
    }
  }
  ${refusalFields}
`;

/** Exactly one of cart and lines. */
export interface CheckoutInput {
  readonly cartId?: string;
  readonly lines?: readonly LineInput[];
  readonly shippingAddress: Address;
  readonly paymentMethodId: string;
  readonly expectedTotal?: number;
  readonly idempotencyKey: string;
}

interface CheckoutAnswer {
  readonly checkout: {
    readonly replayed: boolean;
    readonly order: { readonly id: string; readonly number: string } | null;
    readonly userErrors: readonly Refusal[];
  };
}

export const checkout: TypedDocumentNode<CheckoutAnswer, { input: CheckoutInput }> = gql`
  mutation Checkout($input: CheckoutInput!) {
    checkout(input: $input) {
      replayed
      order {
        id
        number
      }
      userErrors {
        ...RefusalFields
      }
    }
  }
  ${refusalFields}
`;
