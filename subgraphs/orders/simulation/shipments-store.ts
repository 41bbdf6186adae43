import type { Id } from '@tally/kernel';
import type { Transaction } from '@tally/simulation';
import type { Shipment } from '../src/domain/shipment.ts';
import type { ShipmentsStore } from '../src/ports/shipments-store.ts';
import { ordersTables, type ShipmentRow } from './tables.ts';

const { shipments } = ordersTables;

/** Shipments on an open transaction. */
export function createShipmentsStore(transaction: Transaction): ShipmentsStore {
  return {
    async ofOrder(orderId) {
      await transaction.statement();
      return shipmentsIn(transaction, orderId);
    },
    async orderOf(shipmentId) {
      await transaction.statement();
      return transaction.read(shipments, shipmentId)?.orderId ?? null;
    },
    async create(shipment) {
      await transaction.statement();
      const { startedAt } = transaction;
      await transaction.insertNew(shipments, {
        ...shipment,
        lineIds: shipment.lineIds.toSorted(),
        createdAt: startedAt,
        updatedAt: startedAt,
      });
    },
    async update({ id, status, trackingNumber, shippedAt, deliveredAt }) {
      await transaction.statement();
      if (transaction.read(shipments, id) === undefined) return;
      const row = await transaction.lock(shipments, id);
      if (row !== undefined)
        transaction.put(shipments, { ...row, status, trackingNumber, shippedAt, deliveredAt, updatedAt: transaction.statementAt });
    },
    async cancelLabels(orderId) {
      await transaction.statement();
      const labels = transaction.rowsBy(shipments, 'order', orderId).filter(({ status }) => status === 'LABEL_CREATED');
      for (const { id } of labels) {
        const row = await transaction.lock(shipments, id);
        if (row?.status === 'LABEL_CREATED')
          transaction.put(shipments, { ...row, status: 'CANCELLED', updatedAt: transaction.statementAt });
      }
    },
  };
}

/** Of one order, oldest first. */
export const shipmentsIn = (transaction: Transaction, orderId: Id<'ord'>): readonly Shipment[] =>
  transaction
    .rowsBy(shipments, 'order', orderId)
    .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1))
    .map(toShipment);

const toShipment = ({ id, orderId, status, carrier, trackingNumber, lineIds, shippedAt, deliveredAt }: ShipmentRow): Shipment => ({
  ...{ id, orderId, status, carrier, trackingNumber, lineIds, shippedAt, deliveredAt },
});
