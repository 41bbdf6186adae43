import type { Finding } from './finding.ts';
import type { Moving } from './moving.ts';
import { listInSql, spelled, standing, unsuccessful, type Read } from './read.ts';

const availableBy = `CASE kind WHEN 'RESERVED' THEN -quantity WHEN 'COMMITTED' THEN 0 ELSE quantity END`;
const reservedBy = `CASE kind WHEN 'RESERVED' THEN quantity WHEN 'RELEASED' THEN -quantity WHEN 'COMMITTED' THEN -quantity ELSE 0 END`;

// The ledger tells every state that a stock row was ever in, so that the lowest of them is known, and not only the present one.
const sums = `SELECT variant_id, s.available, s.reserved, s.version, coalesce(m.available, 0)::int AS ledger_available,
  coalesce(m.reserved, 0)::int AS ledger_reserved, coalesce(m.movements, 0)::int AS movements, coalesce(m.lowest, 0)::int AS lowest
FROM products.stock s FULL JOIN (
  SELECT variant_id, sum(${availableBy}) AS available, sum(${reservedBy}) AS reserved, count(*) AS movements, min(least(then_available, then_reserved)) AS lowest
  FROM (SELECT *, sum(${availableBy}) OVER history AS then_available, sum(${reservedBy}) OVER history AS then_reserved
    FROM products.stock_movement WINDOW history AS (PARTITION BY variant_id ORDER BY version)) moved
  GROUP BY variant_id
) m USING (variant_id)`;

const held = `SELECT variant_id, coalesce(s.reserved, 0) AS reserved, coalesce(r.held, 0)::int AS held FROM products.stock s FULL JOIN (
  SELECT variant_id, sum(quantity) AS held FROM products.reservation JOIN products.stock_claim USING (order_id) WHERE state = 'RESERVED' GROUP BY variant_id
) r USING (variant_id) WHERE coalesce(s.reserved, 0) <> coalesce(r.held, 0)`;

// While its saga is under way, a claim may still be RESERVED although the order is CONFIRMED, or PROCESSING because the money came first.
const amiss = `SELECT coalesce(c.order_id, o.id) AS order_id, c.state, o.status FROM products.stock_claim c
FULL JOIN orders.orders o ON o.id = c.order_id LEFT JOIN orders.saga s ON s.order_id = o.id
WHERE o.id IS NULL OR (c.order_id IS NULL AND o.status IN (${listInSql(standing)}))
  OR (c.state = 'RESERVED' AND (s.step = 'ENDED' OR o.status IN (${listInSql(unsuccessful)})))
  OR (c.state = 'COMMITTED' AND o.status IN (${listInSql(unsuccessful)}))
  OR (c.state IN ('RELEASED', 'REJECTED') AND o.status IN (${listInSql(standing)}))`;

const otherLines = `SELECT order_id, variant_id, coalesce(l.quantity, 0) AS ordered, coalesce(r.quantity, 0) AS claimed
FROM (SELECT * FROM orders.order_line WHERE order_id IN (SELECT order_id FROM products.stock_claim WHERE state IN ('RESERVED', 'COMMITTED'))) l
FULL JOIN (SELECT * FROM products.reservation JOIN products.stock_claim USING (order_id) WHERE state IN ('RESERVED', 'COMMITTED')) r USING (order_id, variant_id)
WHERE coalesce(l.quantity, 0) <> coalesce(r.quantity, 0)`;

interface StockRow {
  readonly variant_id: string;
  /** Null, like the two that follow: there are movements without a stock row. */
  readonly available: number | null;
  readonly reserved: number | null;
  readonly version: number | null;
  readonly ledger_available: number;
  readonly ledger_reserved: number;
  readonly movements: number;
  readonly lowest: number;
}

/** I3: nothing is, or ever was, below zero. I4: stock rows are the sum of their movements, and nothing is held but for an order that is to have it. */
export async function checkStock(read: Read, moving: Moving): Promise<readonly Finding[]> {
  const isSettled = ({ order_id }: { readonly order_id: string }) => !moving.has(spelled('ord', order_id));
  const rows = await read<StockRow>(sums);
  const leaked = [
    ...(await read<{ variant_id: string; reserved: number; held: number }>(held)).map(
      (row) => `${spelled('var', row.variant_id)}: ${String(row.reserved)} reserved, claims hold ${String(row.held)}`,
    ),
    ...(await read<{ order_id: string; state: string | null; status: string | null }>(amiss))
      .filter(isSettled)
      .map((row) => `${spelled('ord', row.order_id)} is ${row.status ?? 'not there'}, its claim ${row.state ?? 'is not there'}`),
    ...(await read<{ order_id: string; variant_id: string; ordered: number; claimed: number }>(otherLines))
      .filter(isSettled)
      .map(
        (row) =>
          `${spelled('ord', row.order_id)}: ${String(row.ordered)} of ${spelled('var', row.variant_id)} ordered, ${String(row.claimed)} claimed`,
      ),
  ];
  return [
    {
      id: 'I3',
      title: 'no oversell: nothing is or was below zero',
      checked: rows.length,
      violations: rows
        .filter(({ available, reserved, lowest }) => Math.min(available ?? 0, reserved ?? 0, lowest) < 0)
        .map(
          ({ variant_id, available, reserved, lowest }) =>
            `${spelled('var', variant_id)}: ${String(available)} available, ${String(reserved)} reserved, ${String(lowest)} at its lowest`,
        ),
    },
    {
      id: 'I4',
      title: 'no leak: movements sum to the stock rows, nothing is held for what has ended',
      checked: rows.length,
      violations: [...rows.filter(isOff).map(howOff), ...leaked],
    },
  ];
}

const isOff = (row: StockRow): boolean =>
  row.available !== row.ledger_available || row.reserved !== row.ledger_reserved || row.version !== row.movements;

const howOff = (row: StockRow): string =>
  `${spelled('var', row.variant_id)}: ${String(row.available)} + ${String(row.reserved)} at version ${String(row.version)}, movements say ` +
  `${String(row.ledger_available)} + ${String(row.ledger_reserved)} after ${String(row.movements)}`;
