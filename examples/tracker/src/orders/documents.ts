import { gql, type TypedDocumentNode } from '@apollo/client';
import { refusalFields, type Refusal } from '../graph/refusal.ts';
import type { Money } from '../look/money.ts';
import type { Address } from '../cart/checkout-documents.ts';

export interface OrderEvent {
  readonly sequence: number;
  readonly status: string;
  readonly note: string | null;
  readonly occurredAt: string;
}

export interface Shipment {
  readonly id: string;
  readonly status: string;
  readonly carrier: string;
  readonly trackingNumber: string | null;
  readonly lines: readonly { readonly id: string }[];
}

/** What moves while an order is on its way. */
export interface OrderNow {
  readonly id: string;
  readonly number: string;
  readonly sequence: number;
  readonly status: string;
  readonly paymentStatus: string | null;
  readonly allowedActions: readonly string[];
  readonly problems: readonly Refusal[];
  readonly shipments: readonly Shipment[];
}

/** And what stays. */
export interface OrderPage extends OrderNow {
  readonly placedAt: string;
  readonly shippingAddress: Address;
  readonly lines: readonly {
    readonly id: string;
    readonly title: string;
    readonly quantity: number;
    readonly lineTotal: Money;
  }[];
  readonly shipping: Money;
  readonly total: Money;
  readonly timeline: readonly OrderEvent[];
}

const orderNow = gql`
  fragment OrderNow on Order {
    id
    number
    sequence
    status
    paymentStatus
    allowedActions
    problems {
      ...RefusalFields
    }
    shipments {
      id
      status
      carrier
      trackingNumber
      lines {
        id
      }
    }
  }
  ${refusalFields}
`;

export const readOrder: TypedDocumentNode<{ readonly order: OrderPage | null }, { id: string }> = gql`
  query ReadOrder($id: ID!) {
    order(id: $id) {
      ...OrderNow
      placedAt
      shippingAddress {
        name
        line1
        line2
        city
        region
        postalCode
        country
      }
      lines {
        id
        title
        quantity
        lineTotal {
          amount
          currency
          fractionDigits
        }
      }
      shipping {
        amount
        currency
        fractionDigits
      }
      total {
        amount
        currency
        fractionDigits
      }
      timeline(first: 100) {
        sequence
        status
        note
        occurredAt
      }
    }
  }
  ${orderNow}
`;

export const readOrderNow: TypedDocumentNode<{ readonly order: OrderNow | null }, { id: string }> = gql`
  query ReadOrderNow($id: ID!) {
    order(id: $id) {
      ...OrderNow
    }
  }
  ${orderNow}
`;

export const trackOrder: TypedDocumentNode<
  { readonly orderStatusChanged: OrderEvent & { readonly order: OrderNow | null } },
  { orderId: string; afterSequence: number }
> = gql`
  subscription TrackOrder($orderId: ID!, $afterSequence: Int) {
    orderStatusChanged(orderId: $orderId, afterSequence: $afterSequence) {
      sequence
      status
      note
      occurredAt
      order {
        ...OrderNow
      }
    }
  }
  ${orderNow}
`;

export const cancelOrder: TypedDocumentNode<
  { readonly orderCancel: { readonly userErrors: readonly Refusal[] } },
  { input: { orderId: string; reason: 'CUSTOMER'; idempotencyKey: string } }
> = gql`
  mutation CancelOrder($input: OrderCancelInput!) {
    orderCancel(input: $input) {
      userErrors {
        ...RefusalFields
      }
    }
  }
  ${refusalFields}
`;
