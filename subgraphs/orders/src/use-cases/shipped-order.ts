import { ok, refuse, type Id, type Outcome } from '@tally/kernel';
import type { Order } from '../domain/order.ts';
import { notFound, type Refusals } from '../domain/refusal.ts';
import type { Shipment } from '../domain/shipment.ts';
import type { OrderReads } from '../ports/order-reads.ts';
import type { Transact } from '../ports/unit.ts';
import type { KeyLookup } from './idempotent.ts';

export interface ShipmentDeps {
  readonly transact: Transact;
  readonly keys: KeyLookup;
  readonly orders: OrderReads;
}

/** What a key of a shipment mutation stands for. */
export interface RecordedShipment {
  readonly orderId: Id<'ord'>;
  readonly shipmentId: Id<'shp'>;
}

export interface ShippedOrder {
  readonly order: Order;
  readonly shipment: Shipment;
  readonly replayed: boolean;
}

/** The parcel and its order as they stand now. */
export async function asItStands(
  orders: OrderReads,
  { orderId, shipmentId }: RecordedShipment,
  replayed: boolean,
): Promise<Outcome<ShippedOrder, Refusals>> {
  const [found, parcels] = await Promise.all([orders.byIds([orderId]), orders.shipmentsOf([orderId])]);
  const order = found.get(orderId);
  const shipment = parcels.get(orderId)?.find(({ id }) => id === shipmentId);
  if (order === undefined || shipment === undefined) return refuse([notFound('There is no such shipment.', 'shipmentId')]);
  return ok({ order, shipment, replayed });
}
