import { fromUuid, money, type Id } from '@tally/kernel';
import type { PostalAddress } from '../../domain/address.ts';
import { toOrderNumber } from '../../domain/order-number.ts';
import {
  allowedActionsIn,
  type BuyerEvent,
  type CancelReason,
  type FulfilmentStatus,
  type Order,
  type OrderEvent,
  type OrderLine,
  type OrderStatus,
  type Problem,
} from '../../domain/order.ts';
import type { Shipment, ShipmentStatus } from '../../domain/shipment.ts';

/** Columns of an order that anybody reads, in the order of `OrderRow`. */
export const orderColumns = `id, counter, buyer_id, saga_id, status, sequence, fulfilment_status, currency, subtotal, shipping, tax, discount, total,
  shipping_address, problems, cancel_reason, placed_at, confirmed_at, updated_at`;

export interface OrderRow {
  readonly id: string;
  readonly counter: bigint;
  readonly buyer_id: string;
  readonly saga_id: string;
  readonly status: OrderStatus;
  readonly sequence: number;
  readonly fulfilment_status: FulfilmentStatus;
  readonly currency: string;
  readonly subtotal: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly discount: bigint;
  readonly total: bigint;
  readonly shipping_address: PostalAddress;
  readonly problems: readonly Problem[];
  readonly cancel_reason: CancelReason | null;
  readonly placed_at: Date;
  readonly confirmed_at: Date | null;
  readonly updated_at: Date;
}

export function toOrder(row: OrderRow): Order {
  const amount = (minorUnits: bigint) => money(Number(minorUnits), row.currency);
  return {
    id: fromUuid('ord', row.id),
    number: toOrderNumber(row.counter),
    sagaId: fromUuid('saga', row.saga_id),
    buyerId: fromUuid('usr', row.buyer_id),
    status: row.status,
    sequence: row.sequence,
    fulfilmentStatus: row.fulfilment_status,
    subtotal: amount(row.subtotal),
    shipping: amount(row.shipping),
    tax: amount(row.tax),
    discount: amount(row.discount),
    total: amount(row.total),
    shippingAddress: row.shipping_address,
    problems: row.problems,
    cancelReason: row.cancel_reason,
    allowedActions: allowedActionsIn(row.status),
    placedAt: row.placed_at,
    confirmedAt: row.confirmed_at,
    updatedAt: row.updated_at,
  };
}

export interface LineRow {
  readonly id: string;
  readonly order_id: string;
  readonly variant_id: string;
  readonly seller_id: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unit_amount: bigint;
  readonly line_amount: bigint;
  readonly currency: string;
}

export const toLine = (row: LineRow): OrderLine => ({
  id: fromUuid('line', row.id),
  orderId: fromUuid('ord', row.order_id),
  variantId: fromUuid('var', row.variant_id),
  sellerId: fromUuid('sell', row.seller_id),
  sku: row.sku,
  title: row.title,
  quantity: row.quantity,
  unitPrice: money(Number(row.unit_amount), row.currency),
  lineTotal: money(Number(row.line_amount), row.currency),
});

export interface EventRow {
  readonly order_id: string;
  readonly sequence: number;
  readonly previous: OrderStatus | null;
  readonly status: OrderStatus;
  readonly note: string | null;
  readonly occurred_at: Date;
}

export const toEvent = (row: EventRow): OrderEvent => ({
  orderId: fromUuid('ord', row.order_id),
  sequence: row.sequence,
  previous: row.previous,
  status: row.status,
  note: row.note,
  occurredAt: row.occurred_at,
});

/** Always with the newest sequence of the buyer; without an entry where none was asked for. */
export type BuyerEventRow = { readonly newest: number } & (
  | { readonly sequence: null }
  | { readonly sequence: number; readonly order_id: string; readonly status: OrderStatus; readonly occurred_at: Date }
);

export const toBuyerEvents = (row: BuyerEventRow): readonly BuyerEvent[] =>
  row.sequence === null
    ? []
    : [{ orderId: fromUuid('ord', row.order_id), sequence: row.sequence, status: row.status, occurredAt: row.occurred_at }];

export const shipmentColumns = `shipment.id, shipment.order_id, shipment.status, shipment.carrier, shipment.tracking_number, shipment.shipped_at,
  shipment.delivered_at, ARRAY(SELECT order_line_id::text FROM shipment_line WHERE shipment_id = shipment.id ORDER BY order_line_id) AS line_ids`;

export interface ShipmentRow {
  readonly id: string;
  readonly order_id: string;
  readonly status: ShipmentStatus;
  readonly carrier: string;
  readonly tracking_number: string | null;
  readonly shipped_at: Date | null;
  readonly delivered_at: Date | null;
  readonly line_ids: readonly string[];
}

export const toShipment = (row: ShipmentRow): Shipment => ({
  id: fromUuid('shp', row.id),
  orderId: fromUuid('ord', row.order_id),
  status: row.status,
  carrier: row.carrier,
  trackingNumber: row.tracking_number,
  shippedAt: row.shipped_at,
  deliveredAt: row.delivered_at,
  lineIds: row.line_ids.map((id) => fromUuid('line', id)),
});

/** Rows of one parent under the id of that parent, in the order they came. */
export function groupedBy<Row, Value>(
  rows: readonly Row[],
  parent: (row: Row) => Id,
  toValue: (row: Row) => Value,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const key = parent(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [toValue(row)]);
    else group.push(toValue(row));
  }
  return groups;
}
