import { fromUuid, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { OrderReads } from '../../ports/order-reads.ts';
import {
  groupedBy,
  orderColumns,
  shipmentColumns,
  toBuyerEvents,
  toEvent,
  toLine,
  toOrder,
  toShipment,
  type BuyerEventRow,
  type EventRow,
  type LineRow,
  type OrderRow,
  type ShipmentRow,
} from './order-rows.ts';

const byIds = `SELECT ${orderColumns} FROM orders WHERE id = ANY($1::uuid[])`;
const byCounter = `SELECT ${orderColumns} FROM orders WHERE counter = $1::bigint`;
const byClientKey = `SELECT ${orderColumns}, fingerprint FROM orders WHERE buyer_id = $1::uuid AND client_key = $2`;

const linesOf = `SELECT line.id, line.order_id, line.variant_id, line.seller_id, line.sku, line.title, line.quantity, line.unit_amount, line.line_amount,
  orders.currency
FROM order_line AS line JOIN orders ON orders.id = line.order_id WHERE line.order_id = ANY($1::uuid[]) ORDER BY line.order_id, line.position`;

const shipmentsOf = `SELECT ${shipmentColumns} FROM shipment WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, created_at, id`;

const timelinesOf = `SELECT entry.* FROM unnest($1::uuid[]) AS of_order(id) CROSS JOIN LATERAL (
  SELECT order_id, sequence, previous, status, note, occurred_at FROM order_event
  WHERE order_id = of_order.id AND sequence > $2::int ORDER BY sequence LIMIT $3::int) AS entry`;

// One snapshot says both how far the stream is and what is in it.
const streamOf = `SELECT stream.newest, entry.* FROM (
  SELECT COALESCE((SELECT sequence FROM buyer_stream WHERE buyer_id = $1::uuid), 0) AS newest) AS stream
LEFT JOIN LATERAL (
  SELECT buyer_sequence AS sequence, order_id, status, occurred_at FROM order_event
  WHERE buyer_id = $1::uuid AND buyer_sequence > COALESCE($2::int, stream.newest - 1) ORDER BY buyer_sequence LIMIT $3::int) AS entry ON true
ORDER BY entry.sequence`;

// The page before ended at a row that orders by (placed_at, id); the sentinels stand for "from the newest".
const pagesOf = `SELECT entry.* FROM unnest($1::uuid[]) AS buyer(id) CROSS JOIN LATERAL (
  SELECT ${orderColumns} FROM orders WHERE buyer_id = buyer.id
    AND (placed_at, id) < (COALESCE($2::timestamptz, 'infinity'), COALESCE($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    AND ($4::text[] IS NULL OR status = ANY($4::text[]))
  ORDER BY placed_at DESC, id DESC LIMIT $5::int) AS entry`;

const countsOf = `SELECT buyer.id AS buyer_id, counted.n FROM unnest($1::uuid[]) AS buyer(id) CROSS JOIN LATERAL (
  SELECT count(*)::int AS n FROM (SELECT 1 FROM orders WHERE buyer_id = buyer.id AND ($2::text[] IS NULL OR status = ANY($2::text[])) LIMIT 10001) AS counted
) AS counted`;

/** Orders as they stand, on any connection. */
export function createOrderReads(sql: Sql): OrderReads {
  const uuids = (ids: readonly Id[]): readonly string[] => ids.map(toUuid);
  return {
    async byIds(ids) {
      const rows = await sql.rows<OrderRow>(byIds, [uuids(ids)]);
      return new Map(rows.map((row) => [fromUuid('ord', row.id), toOrder(row)]));
    },
    async byCounter(counter) {
      const [row] = await sql.rows<OrderRow>(byCounter, [counter]);
      return row === undefined ? null : toOrder(row);
    },
    async byClientKey(buyerId, key) {
      const [row] = await sql.rows<OrderRow & { readonly fingerprint: string }>(byClientKey, [toUuid(buyerId), key]);
      return row === undefined ? null : { order: toOrder(row), fingerprint: row.fingerprint };
    },
    async linesOf(ids) {
      return groupedBy(await sql.rows<LineRow>(linesOf, [uuids(ids)]), (row) => fromUuid('ord', row.order_id), toLine);
    },
    async shipmentsOf(ids) {
      return groupedBy(await sql.rows<ShipmentRow>(shipmentsOf, [uuids(ids)]), (row) => fromUuid('ord', row.order_id), toShipment);
    },
    async timelinesOf(ids, afterSequence, limit) {
      const rows = await sql.rows<EventRow>(timelinesOf, [uuids(ids), afterSequence, limit]);
      return groupedBy(rows, (row) => fromUuid('ord', row.order_id), toEvent);
    },
    async streamOf(buyerId, afterSequence, limit) {
      const rows = await sql.rows<BuyerEventRow>(streamOf, [toUuid(buyerId), afterSequence, limit]);
      return { newest: rows[0]?.newest ?? 0, events: rows.flatMap(toBuyerEvents) };
    },
    async pagesOf(buyerIds, { after, statuses, limit }) {
      const values = [uuids(buyerIds), after?.placedAt ?? null, after === null ? null : toUuid(after.id), statuses, limit];
      return groupedBy(await sql.rows<OrderRow>(pagesOf, values), (row) => fromUuid('usr', row.buyer_id), toOrder);
    },
    async countsOf(buyerIds, statuses) {
      const rows = await sql.rows<{ buyer_id: string; n: number }>(countsOf, [uuids(buyerIds), statuses]);
      return new Map(rows.map(({ buyer_id: buyerId, n }) => [fromUuid('usr', buyerId), n]));
    },
  };
}
