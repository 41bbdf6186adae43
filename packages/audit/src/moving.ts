import { spelled, type Read } from './read.ts';

/** What a live system may have under way, so that it is not held against it. */
export interface Moving {
  /** 0: the system is said to be quiet, and nothing is excused. */
  readonly graceMs: number;
  /** Whether an order is on its way: it has changed within the grace period, or the deadline of its step has not passed that long ago. */
  has(orderId: string): boolean;
  /** In SQL: whether a moment lies before the grace period, on an expression. */
  longAgo(moment: string): string;
}

// What waits for a person is not on its way.
const onTheirWay = (since: string): string => `SELECT order_id FROM orders.saga WHERE updated_at > ${since}
  OR (step <> 'ENDED' AND NOT needs_attention AND deadline_at > ${since})
UNION SELECT id FROM orders.orders WHERE updated_at > ${since}
UNION SELECT order_id FROM payments.payment WHERE updated_at > ${since}
UNION SELECT order_id FROM products.stock_claim WHERE updated_at > ${since}`;

/** Reads which orders are on their way. @param graceMs whole milliseconds, 0 or more. */
export async function whatMoves(read: Read, graceMs: number): Promise<Moving> {
  if (!Number.isSafeInteger(graceMs) || graceMs < 0) throw new RangeError('a grace period is whole milliseconds, 0 or more');
  const since = `now() - interval '${String(graceMs)} milliseconds'`;
  const rows = graceMs === 0 ? [] : await read<{ order_id: string }>(onTheirWay(since));
  const orders = new Set(rows.map(({ order_id }) => spelled('ord', order_id)));
  return {
    graceMs,
    has: (orderId) => orders.has(orderId),
    longAgo: (moment) => (graceMs === 0 ? 'true' : `${moment} <= ${since}`),
  };
}
