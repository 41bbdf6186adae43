import { parseId, toUuid, fromUuid } from '@tally/kernel';
import { eventually, type Sql } from '@tally/testkit';
import { endsWithinMs } from './stage.ts';

/** Statuses of an order whose goods are the buyer's. */
const standing: readonly string[] = ['CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED'];

/** An order as its tables have it. */
export interface Fate {
  readonly id: string;
  readonly status: string;
  readonly units: number;
}

/** Whether its goods are the buyer's. */
export const isSold = ({ status }: Fate): boolean => standing.includes(status);

const bare = (id: string, prefix: 'ord' | 'var' | 'usr'): string => {
  const parsed = parseId(prefix, id);
  if (parsed === null) throw new RangeError(`${id} is not the id of ${prefix}`);
  return toUuid(parsed);
};

/** Every order that has a line of one of these variants. */
export async function fatesOf(sql: Sql, variantIds: readonly string[]): Promise<readonly Fate[]> {
  const rows = await sql.rows(
    `SELECT o.id, o.status, sum(l.quantity)::int AS units FROM orders.orders o JOIN orders.order_line l ON l.order_id = o.id
     WHERE l.variant_id = ANY ($1::uuid[]) GROUP BY o.id`,
    [variantIds.map((id) => bare(id, 'var'))],
  );
  return rows.map(({ id, status, units }) => ({ id: fromUuid('ord', String(id)), status: String(status), units: Number(units) }));
}

/** A stock row. */
export interface Stock {
  readonly available: number;
  readonly reserved: number;
}

export async function stockOf(sql: Sql, variantId: string): Promise<Stock> {
  const { available, reserved } = await sql.row('SELECT available, reserved FROM products.stock WHERE variant_id = $1', [
    bare(variantId, 'var'),
  ]);
  return { available: Number(available), reserved: Number(reserved) };
}

/** How many orders a buyer has. */
export const ordersOf = (sql: Sql, buyerId: string): Promise<number> =>
  sql.number('SELECT count(*) FROM orders.orders WHERE buyer_id = $1', [bare(buyerId, 'usr')]);

/**
 * Waits until no order is under way and stock is what the sagas have asked for.
 *
 * @returns what is still open, in words; empty when nothing is.
 */
export async function untilEnded(sql: Sql, withinMs = endsWithinMs): Promise<readonly string[]> {
  const open = `SELECT (SELECT count(*) FROM orders.saga WHERE step <> 'ENDED') + (SELECT count(*) FROM products.outbox WHERE published_at IS NULL)
    + (SELECT count(*) FROM orders.outbox WHERE published_at IS NULL)
    + (SELECT count(*) FROM products.stock_claim c JOIN orders.saga s ON s.order_id = c.order_id WHERE c.state = 'RESERVED' AND s.step = 'ENDED')`;
  return await eventually(
    async () => {
      const left = await sql.number(open);
      if (left > 0) throw new Error(`${String(left)} sagas, events and claims are open`);
      return [];
    },
    { timeoutMs: withinMs },
  ).catch((error: Error) => [error.message]);
}

/** Makes sagas that wait for money run out of time now, as if they had waited for half an hour. @param sql as the app role of orders. */
export const runOutOfTime = (sql: Sql, orderIds: readonly string[]): Promise<number> =>
  sql.execute(
    `UPDATE orders.saga SET deadline_at = now() - interval '1 second', wake_at = now() WHERE step = 'AUTHORISE' AND order_id = ANY ($1::uuid[])`,
    [orderIds.map((id) => bare(id, 'ord'))],
  );

/** How many of these orders have asked the provider for their money. */
export const authorisationsBegun = (sql: Sql, orderIds: readonly string[]): Promise<number> =>
  sql.number(
    `SELECT count(DISTINCT p.order_id) FROM payments.payment_attempt a JOIN payments.payment p ON p.id = a.payment_id
     WHERE a.operation = 'AUTHORISE' AND p.order_id = ANY ($1::uuid[])`,
    [orderIds.map((id) => bare(id, 'ord'))],
  );
