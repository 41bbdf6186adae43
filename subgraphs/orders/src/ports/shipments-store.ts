import type { Id } from '@tally/kernel';
import type { Shipment } from '../domain/shipment.ts';

/** Shipments in an open transaction; the order they belong to is locked first. */
export interface ShipmentsStore {
  /** Of one order, oldest first. */
  ofOrder(orderId: Id<'ord'>): Promise<readonly Shipment[]>;
  /** The order of a shipment; `null`: there is no such shipment. */
  orderOf(shipmentId: Id<'shp'>): Promise<Id<'ord'> | null>;
  create(shipment: Shipment): Promise<void>;
  update(shipment: Shipment): Promise<void>;
  /** Ends every label of an order that no carrier has seen. */
  cancelLabels(orderId: Id<'ord'>): Promise<void>;
}
