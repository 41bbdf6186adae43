import { gql, type TypedDocumentNode } from '@apollo/client';
import type { Refusal } from '../graph/refusal.ts';
import { refusalFields } from '../graph/refusal.ts';

export interface DeskOrder {
  readonly id: string;
  readonly status: string;
  readonly lines: readonly { readonly id: string; readonly title: string; readonly quantity: number }[];
  readonly shipments: readonly {
    readonly id: string;
    readonly status: string;
    readonly carrier: string;
    readonly lines: readonly { readonly id: string }[];
  }[];
}

export const readDeskOrder: TypedDocumentNode<{ readonly order: DeskOrder | null }, { id: string }> = gql`
  query ReadDeskOrder($id: ID!) {
    order(id: $id) {
      id
      status
      lines {
        id
        title
        quantity
      }
      shipments {
        id
        status
        carrier
        lines {
          id
        }
      }
    }
  }
`;

export const createShipment: TypedDocumentNode<
  { readonly done: { readonly shipment: { readonly id: string } | null; readonly userErrors: readonly Refusal[] } },
  { input: { orderId: string; lineIds: readonly string[]; carrier: string; idempotencyKey: string } }
> = gql`
  mutation CreateShipment($input: ShipmentInput!) {
    done: shipmentCreate(input: $input) {
      shipment {
        id
      }
      userErrors {
        ...RefusalFields
      }
    }
  }
  ${refusalFields}
`;

export type Scan = 'IN_TRANSIT' | 'OUT_FOR_DELIVERY' | 'DELIVERED';

export const updateShipment: TypedDocumentNode<
  { readonly done: { readonly userErrors: readonly Refusal[] } },
  { input: { shipmentId: string; to: Scan; trackingNumber?: string; idempotencyKey: string } }
> = gql`
  mutation UpdateShipment($input: ShipmentUpdateInput!) {
    done: shipmentUpdate(input: $input) {
      userErrors {
        ...RefusalFields
      }
    }
  }
  ${refusalFields}
`;
