import { lockedSequence } from '@tally/events';
import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { OrderDraft } from '../../domain/order-draft.ts';
import { toOrderNumber } from '../../domain/order-number.ts';
import { allowedActionsIn, type OrderStatus } from '../../domain/order.ts';
import type { OrdersStore, Placed } from '../../ports/orders-store.ts';
import { ConcurrentChangeError } from './concurrent-change.ts';

// A step is dated now(), when its transaction began: its event on the log has the same time, from its outbox row.

// Everything an accepted order is, in one statement. The buyer's stream hangs on the inserted order, so its row is locked after all others.
const placeOrder = `WITH placed AS (
  INSERT INTO orders (id, buyer_id, saga_id, status, currency, subtotal, shipping, tax, discount, total, shipping_address, payment_method_id, cart_id,
    client_key, fingerprint, placed_at, updated_at)
  VALUES ($1::uuid, $2::uuid, $3::uuid, 'PENDING', $4, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::jsonb, $11::uuid, $12::uuid,
    $13, $14, now(), now())
  RETURNING id, counter, buyer_id, placed_at
), lines AS (
  INSERT INTO order_line (id, order_id, position, variant_id, product_id, seller_id, sku, title, quantity, unit_amount, line_amount, tax_class,
    tax_rate_bp, tax_amount)
  SELECT line.id, placed.id, line.position, line.variant_id, line.product_id, line.seller_id, line.sku, line.title, line.quantity, line.unit_amount,
    line.line_amount, line.tax_class, line.tax_rate_bp, line.tax_amount
  FROM placed, jsonb_to_recordset($15::jsonb) AS line(id uuid, position int, variant_id uuid, product_id uuid, seller_id uuid, sku text, title text,
    quantity int, unit_amount bigint, line_amount bigint, tax_class text, tax_rate_bp int, tax_amount bigint)
), begun AS (
  INSERT INTO saga (order_id, step, products_sequence, deadline_at, wake_at, traceparent)
  SELECT id, 'RESERVE', 1, placed_at + $16::int * interval '1 millisecond', placed_at + $16::int * interval '1 millisecond', $17 FROM placed
), sent AS (
  INSERT INTO saga_command (id, order_id, type) SELECT $18::uuid, id, $19 FROM placed
), stream AS (
  INSERT INTO buyer_stream (buyer_id, sequence) SELECT buyer_id, 1 FROM placed
  ON CONFLICT (buyer_id) DO UPDATE SET sequence = buyer_stream.sequence + 1 RETURNING sequence
), told AS (
  INSERT INTO order_event (order_id, sequence, status, buyer_id, buyer_sequence, occurred_at)
  SELECT placed.id, 1, 'PENDING', placed.buyer_id, stream.sequence, placed.placed_at FROM placed, stream
)
SELECT placed.counter, placed.placed_at, stream.sequence AS buyer_sequence FROM placed, stream`;

const lockOrder = `SELECT id, buyer_id, status, placed_at FROM orders WHERE id = $1::uuid FOR UPDATE`;
const lineIds = `SELECT id FROM order_line WHERE order_id = $1::uuid ORDER BY position`;

const moveOrder = `WITH moved AS (
  UPDATE orders SET status = $3, sequence = sequence + 1, problems = COALESCE($5::jsonb, problems), cancel_reason = COALESCE($6, cancel_reason),
    updated_at = statement_timestamp()
  WHERE id = $1::uuid AND status = $2 RETURNING id, buyer_id, sequence, problems
), stream AS (
  UPDATE buyer_stream SET sequence = buyer_stream.sequence + 1 FROM moved WHERE buyer_stream.buyer_id = moved.buyer_id RETURNING buyer_stream.sequence
), told AS (
  INSERT INTO order_event (order_id, sequence, previous, status, note, problems, buyer_id, buyer_sequence, occurred_at)
  SELECT moved.id, moved.sequence, $2, $3, $4, COALESCE($5::jsonb, '[]'), moved.buyer_id, stream.sequence, now() FROM moved, stream
)
SELECT moved.sequence AS order_sequence, stream.sequence AS buyer_sequence FROM moved, stream`;

const setFulfilment = `UPDATE orders SET fulfilment_status = $2, updated_at = statement_timestamp() WHERE id = $1::uuid`;

export function createOrdersStore(sql: Sql): OrdersStore {
  return {
    async place(draft, reserve, reserveMs, traceparent) {
      const { subtotal, shipping, tax, discount, total } = draft;
      const [row] = await sql.rows<{ counter: bigint; placed_at: Date; buyer_sequence: number }>(placeOrder, [
        ...[draft.id, draft.buyerId, draft.sagaId].map(toUuid),
        total.currency,
        ...[subtotal, shipping, tax, discount, total].map(({ amount }) => amount),
        JSON.stringify(draft.shippingAddress),
        draft.paymentMethodId === null ? null : toUuid(draft.paymentMethodId),
        draft.cartId === null ? null : toUuid(draft.cartId),
        draft.clientKey,
        draft.fingerprint,
        JSON.stringify(draft.lines.map(toLineRow)),
        reserveMs,
        traceparent,
        toUuid(reserve.id),
        reserve.type,
      ]);
      if (row === undefined) throw new Error('an order was inserted without a row to show');
      const sequences = { order: lockedSequence(1), buyer: lockedSequence(row.buyer_sequence) };
      return { order: placedOrder(draft, row), sequences, commandSequence: lockedSequence(1) };
    },
    async lock(orderId) {
      const [row] = await sql.rows<{ id: string; buyer_id: string; status: OrderStatus; placed_at: Date }>(lockOrder, [toUuid(orderId)]);
      if (row === undefined) return null;
      const lines = await sql.rows<{ id: string }>(lineIds, [toUuid(orderId)]);
      return {
        id: orderId,
        buyerId: fromUuid('usr', row.buyer_id),
        status: row.status,
        placedAt: row.placed_at,
        lineIds: lines.map(({ id }) => fromUuid('line', id)),
      };
    },
    async move(orderId, { from, to, note, problems, cancelReason }) {
      const values = [toUuid(orderId), from, to, note, problems === null ? null : JSON.stringify(problems), cancelReason];
      const [row] = await sql.rows<{ order_sequence: number; buyer_sequence: number }>(moveOrder, values);
      if (row === undefined) throw new ConcurrentChangeError(`${orderId} is not ${from} any more`);
      return { order: lockedSequence(row.order_sequence), buyer: lockedSequence(row.buyer_sequence) };
    },
    async setFulfilment(orderId, fulfilment) {
      await sql.count(setFulfilment, [toUuid(orderId), fulfilment]);
    },
  };
}

function toLineRow(line: OrderDraft['lines'][number], index: number): Readonly<Record<string, string | number>> {
  return {
    id: toUuid(line.id),
    position: index + 1,
    variant_id: toUuid(line.variantId),
    product_id: toUuid(line.productId),
    seller_id: toUuid(line.sellerId),
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    unit_amount: line.unitPrice.amount,
    line_amount: line.lineTotal.amount,
    tax_class: line.taxClass,
    tax_rate_bp: line.taxRateBp,
    tax_amount: line.tax.amount,
  };
}

function placedOrder(draft: OrderDraft, row: { readonly counter: bigint; readonly placed_at: Date }): Placed['order'] {
  const { id, sagaId, buyerId, subtotal, shipping, tax, discount, total, shippingAddress } = draft;
  return {
    ...{ id, sagaId, buyerId, subtotal, shipping, tax, discount, total, shippingAddress },
    number: toOrderNumber(row.counter),
    status: 'PENDING',
    sequence: 1,
    fulfilmentStatus: 'UNFULFILLED',
    problems: [],
    cancelReason: null,
    allowedActions: allowedActionsIn('PENDING'),
    placedAt: row.placed_at,
    confirmedAt: null,
    updatedAt: row.placed_at,
  };
}
