import { fromUuid } from '@tally/kernel';
import type { Batch, Job, JobPart } from './job.ts';

const pageSize = 500;

const availableBy = `CASE kind WHEN 'RESERVED' THEN -quantity WHEN 'COMMITTED' THEN 0 ELSE quantity END`;
const reservedBy = `CASE kind WHEN 'RESERVED' THEN quantity WHEN 'RELEASED' THEN -quantity WHEN 'COMMITTED' THEN -quantity ELSE 0 END`;

// One statement, hence one moment: a stock row and its movements are written together.
const comparePage = `WITH page AS (
  SELECT id AS variant_id FROM product_variant WHERE $1::uuid IS NULL OR id > $1::uuid ORDER BY id LIMIT $2::int
)
SELECT page.variant_id, coalesce(s.available, 0)::int AS available, coalesce(s.reserved, 0)::int AS reserved,
  coalesce(m.available, 0)::int AS moved_available, coalesce(m.reserved, 0)::int AS moved_reserved, coalesce(r.held, 0)::int AS held
FROM page LEFT JOIN stock s USING (variant_id)
LEFT JOIN LATERAL (SELECT sum(${availableBy}) AS available, sum(${reservedBy}) AS reserved FROM stock_movement moved WHERE moved.variant_id = page.variant_id) m ON true
LEFT JOIN LATERAL (SELECT sum(quantity) AS held FROM reservation JOIN stock_claim USING (order_id)
  WHERE reservation.variant_id = page.variant_id AND stock_claim.state = 'RESERVED') r ON true
ORDER BY page.variant_id`;

interface Compared {
  readonly variant_id: string;
  readonly available: number;
  readonly reserved: number;
  readonly moved_available: number;
  readonly moved_reserved: number;
  readonly held: number;
}

/** Stock rows against the ledger of their movements, and what is reserved against what claims hold. Numbers are never mended: somebody counts the shelf. */
const stock: JobPart = {
  database: 'products',
  name: 'stock',
  batch: (cursor) =>
    Promise.resolve(async (sql) => {
      const rows = await sql.rows<Compared>(comparePage, [cursor, pageSize]);
      const findings = rows.flatMap(differences);
      return {
        cursor: nextOf(rows.map(({ variant_id }) => variant_id)),
        counts: { variants: rows.length, different: findings.length },
        findings,
      };
    }),
};

function differences({ variant_id, available, reserved, moved_available, moved_reserved, held }: Compared): readonly string[] {
  const id = fromUuid('var', variant_id);
  return [
    ...(available === moved_available && reserved === moved_reserved
      ? []
      : [
          `${id}: ${String(available)} + ${String(reserved)} in stock, movements say ${String(moved_available)} + ${String(moved_reserved)}`,
        ]),
    ...(reserved === held ? [] : [`${id}: ${String(reserved)} reserved, claims hold ${String(held)}`]),
  ];
}

// What is young is on its way.
const liveClaims = `SELECT order_id FROM stock_claim WHERE state = 'RESERVED' AND updated_at < now() - interval '5 minutes' AND ($1::uuid IS NULL OR order_id > $1::uuid)
ORDER BY order_id LIMIT $2::int`;
const endedOrders = `SELECT asked.id AS order_id, coalesce(orders.status, 'unknown to orders') AS status FROM unnest($1::uuid[]) AS asked(id)
LEFT JOIN orders ON orders.id = asked.id LEFT JOIN saga ON saga.order_id = asked.id
WHERE orders.id IS NULL OR (saga.step = 'ENDED' AND saga.updated_at < now() - interval '5 minutes')`;

/** Reservations that nobody will release: their order has ended, or was never placed. */
const reservations: JobPart = {
  database: 'products',
  name: 'reservations',
  async batch(cursor, { elsewhere }) {
    const [products, orders] = [elsewhere('products'), elsewhere('orders')];
    if (products === null || orders === null) return () => Promise.resolve(notCompared);
    const claims = (await products.rows<{ order_id: string }>(liveClaims, [cursor, pageSize])).map(({ order_id }) => order_id);
    const ended = await orders.rows<{ order_id: string; status: string }>(endedOrders, [claims]);
    const findings = ended.map(({ order_id, status }) => `${fromUuid('ord', order_id)}: its units are still reserved, it is ${status}`);
    return () => Promise.resolve({ cursor: nextOf(claims), counts: { reservations: claims.length, orphaned: findings.length }, findings });
  },
};

const notCompared: Batch = { cursor: null, counts: { 'not compared': 1 }, findings: [] };

const pageOfProducts = `SELECT product_id FROM product_search WHERE $1::uuid IS NULL OR product_id > $1::uuid ORDER BY product_id LIMIT $2::int`;
const isInStock = `SELECT product_id, coalesce(bool_or(stock.available > 0), false) AS stock FROM product_variant variant LEFT JOIN stock ON stock.variant_id = variant.id
WHERE variant.product_id = ANY ($1::uuid[]) GROUP BY product_id`;
// Locked by a statement of its own: the next one then reads the stock as it is after the wait.
const lock = `SELECT product_id FROM product_search WHERE product_id = ANY ($1::uuid[]) ORDER BY product_id FOR UPDATE`;
const mend = `UPDATE product_search SET in_stock = now_in.stock FROM (${isInStock}) now_in
WHERE product_search.product_id = now_in.product_id AND product_search.in_stock <> now_in.stock`;
const wrong = `SELECT count(*)::int AS total FROM product_search JOIN (${isInStock}) now_in USING (product_id) WHERE in_stock <> now_in.stock`;

/** Search rows that tell the wrong thing about stock; they follow it by events, and are mended. */
const search: JobPart = {
  database: 'products',
  name: 'search',
  batch: (cursor, { dryRun }) =>
    Promise.resolve(async (sql) => {
      const ids = (await sql.rows<{ product_id: string }>(pageOfProducts, [cursor, pageSize])).map(({ product_id }) => product_id);
      if (!dryRun) await sql.rows(lock, [ids]);
      const mended = dryRun ? ((await sql.rows<{ total: number }>(wrong, [ids]))[0]?.total ?? 0) : await sql.count(mend, [ids]);
      return { cursor: nextOf(ids), counts: { products: ids.length, mended }, findings: [] };
    }),
};

const nextOf = (ids: readonly string[]): string | null => (ids.length < pageSize ? null : (ids.at(-1) ?? null));

/** Compares stock with its ledger and with what orders hold, and mends what the search says of it. */
export const syncInventory: Job = {
  name: 'sync-inventory',
  does: 'compares stock, movements and reservations; mends what the search says of stock',
  parts: [stock, reservations, search],
};
