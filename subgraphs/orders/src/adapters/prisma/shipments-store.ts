import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { ShipmentsStore } from '../../ports/shipments-store.ts';
import { shipmentColumns, toShipment, type ShipmentRow } from './order-rows.ts';

const ofOrder = `SELECT ${shipmentColumns} FROM shipment WHERE order_id = $1::uuid ORDER BY created_at, id`;
const update = `UPDATE shipment SET status = $2, tracking_number = $3, shipped_at = $4::timestamptz, delivered_at = $5::timestamptz,
  updated_at = statement_timestamp() WHERE id = $1::uuid`;

/** Shipments on an open transaction. */
export function createShipmentsStore(tx: Prisma.TransactionClient, sql: Sql): ShipmentsStore {
  return {
    async ofOrder(orderId) {
      return (await sql.rows<ShipmentRow>(ofOrder, [toUuid(orderId)])).map(toShipment);
    },
    async orderOf(shipmentId) {
      const row = await tx.shipment.findUnique({ where: { id: toUuid(shipmentId) }, select: { orderId: true } });
      return row === null ? null : fromUuid('ord', row.orderId);
    },
    async create({ id, orderId, status, carrier, lineIds }) {
      await tx.shipment.create({ data: { id: toUuid(id), orderId: toUuid(orderId), status, carrier } });
      await tx.shipmentLine.createMany({ data: lineIds.map((lineId) => ({ shipmentId: toUuid(id), orderLineId: toUuid(lineId) })) });
    },
    async update({ id, status, trackingNumber, shippedAt, deliveredAt }) {
      await sql.count(update, [toUuid(id), status, trackingNumber, shippedAt, deliveredAt]);
    },
    async cancelLabels(orderId) {
      await tx.shipment.updateMany({ where: { orderId: toUuid(orderId), status: 'LABEL_CREATED' }, data: { status: 'CANCELLED' } });
    },
  };
}
