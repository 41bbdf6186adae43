import { fromUuid, money, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { KnownOrdersStore } from '../../ports/known-orders-store.ts';

/** A line as the row keeps it; its currency is the order's. */
interface KeptLine {
  readonly title: string;
  readonly sku: string;
  readonly quantity: number;
  readonly amount: number;
}

interface KnownOrderColumns {
  readonly order_id: string;
  readonly buyer_id: string;
  readonly number: string;
  readonly total_amount: bigint;
  readonly currency: string;
  readonly lines: readonly KeptLine[];
}

const select = 'SELECT order_id, buyer_id, number, total_amount, currency, lines FROM known_order WHERE order_id = $1::uuid';
const insert = `INSERT INTO known_order (order_id, buyer_id, number, total_amount, currency, lines)
VALUES ($1::uuid, $2::uuid, $3, $4::bigint, $5, $6::jsonb) ON CONFLICT (order_id) DO NOTHING`;

/** Known orders on an open transaction. */
export function createKnownOrdersStore(sql: Sql): KnownOrdersStore {
  return {
    async of(orderId) {
      const [row] = await sql.rows<KnownOrderColumns>(select, [toUuid(orderId)]);
      if (row === undefined) return null;
      const { currency } = row;
      return {
        id: fromUuid('ord', row.order_id),
        buyerId: fromUuid('usr', row.buyer_id),
        number: row.number,
        total: money(Number(row.total_amount), currency),
        lines: row.lines.map(({ amount, ...line }) => ({ ...line, lineTotal: money(amount, currency) })),
      };
    },
    async add({ id, buyerId, number, total, lines }) {
      const kept = lines.map(({ title, sku, quantity, lineTotal }): KeptLine => ({ title, sku, quantity, amount: lineTotal.amount }));
      await sql.count(insert, [toUuid(id), toUuid(buyerId), number, total.amount, total.currency, JSON.stringify(kept)]);
    },
  };
}
