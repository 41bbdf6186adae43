import type { Finding } from './finding.ts';
import { spelled, type Read } from './read.ts';

const sums = `SELECT s.variant_id, s.available, s.reserved, s.version, m.available AS ledger_available, m.reserved AS ledger_reserved, m.movements
FROM products.stock s LEFT JOIN LATERAL (
  SELECT coalesce(sum(CASE kind WHEN 'RESERVED' THEN -quantity WHEN 'COMMITTED' THEN 0 ELSE quantity END), 0)::int AS available,
         coalesce(sum(CASE kind WHEN 'RESERVED' THEN quantity WHEN 'RELEASED' THEN -quantity WHEN 'COMMITTED' THEN -quantity ELSE 0 END), 0)::int AS reserved,
         count(*)::int AS movements
  FROM products.stock_movement m WHERE m.variant_id = s.variant_id) m ON true`;

const held = `SELECT s.variant_id, s.reserved, coalesce(r.held, 0)::int AS held FROM products.stock s LEFT JOIN (
  SELECT variant_id, sum(quantity) AS held FROM products.reservation JOIN products.stock_claim USING (order_id) WHERE state = 'RESERVED' GROUP BY variant_id
) r USING (variant_id) WHERE s.reserved <> coalesce(r.held, 0)`;

const ended = `SELECT c.order_id, c.state, o.status FROM products.stock_claim c JOIN orders.orders o ON o.id = c.order_id
WHERE (c.state = 'RESERVED' AND o.status IN ('REJECTED', 'PAYMENT_FAILED', 'CANCELLED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED'))
   OR (c.state = 'COMMITTED' AND o.status IN ('REJECTED', 'PAYMENT_FAILED', 'CANCELLED'))
   OR (c.state IN ('RELEASED', 'REJECTED') AND o.status IN ('CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED'))`;

interface StockRow {
  readonly variant_id: string;
  readonly available: number;
  readonly reserved: number;
  readonly version: number;
  readonly ledger_available: number;
  readonly ledger_reserved: number;
  readonly movements: number;
}

/** I3: nothing below zero. I4: stock rows are the sum of their movements, and nothing is held for an order that has ended. */
export async function checkStock(read: Read): Promise<readonly Finding[]> {
  const rows = await read<StockRow>(sums);
  const below = rows.filter(({ available, reserved }) => available < 0 || reserved < 0);
  const off = rows.filter(
    (row) => row.available !== row.ledger_available || row.reserved !== row.ledger_reserved || row.version !== row.movements,
  );
  const unheld = await read<{ variant_id: string; reserved: number; held: number }>(held);
  const leaked = await read<{ order_id: string; state: string; status: string }>(ended);
  return [
    {
      id: 'I3',
      title: 'no oversell: nothing is below zero',
      checked: rows.length,
      violations: below.map(
        (row) => `${spelled('var', row.variant_id)}: ${String(row.available)} available, ${String(row.reserved)} reserved`,
      ),
    },
    {
      id: 'I4',
      title: 'no leak: movements sum to the stock rows, nothing is held for what has ended',
      checked: rows.length,
      violations: [
        ...off.map(
          (row) =>
            `${spelled('var', row.variant_id)}: ${String(row.available)} + ${String(row.reserved)} at version ${String(row.version)}, movements say ` +
            `${String(row.ledger_available)} + ${String(row.ledger_reserved)} after ${String(row.movements)}`,
        ),
        ...unheld.map((row) => `${spelled('var', row.variant_id)}: ${String(row.reserved)} reserved, claims hold ${String(row.held)}`),
        ...leaked.map((row) => `${spelled('ord', row.order_id)} is ${row.status}, its claim ${row.state}`),
      ],
    },
  ];
}
