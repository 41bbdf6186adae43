import type { ProviderAccount } from '@tally/audit';
import { fromUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Batch, JobPart, Surroundings } from '../job.ts';
import { differences, type PaymentBook } from './books.ts';

const pageSize = 100;

// At rest: nothing is under way that could still bring the books together, and what has just ended has had a minute to be told.
const page = `SELECT orders.id, orders.status, orders.total::float8 AS total, saga.version, saga.step = 'ENDED' AND saga.updated_at < now() - interval '1 minute'
  AND orders.updated_at < now() - interval '1 minute' AS rests
FROM orders JOIN saga ON saga.order_id = orders.id
WHERE orders.placed_at > now() - $3::float8 * interval '1 ms' AND ($1::uuid IS NULL OR orders.id > $1::uuid) ORDER BY orders.id LIMIT $2::int`;
const payments = `SELECT p.order_id, p.status, p.captured::float8 AS captured, p.refunded::float8 AS refunded,
  coalesce((SELECT sum(amount) FROM refund WHERE refund.payment_id = p.id AND refund.status = 'SUCCEEDED'), 0)::float8 AS recorded
FROM payment p WHERE p.order_id = ANY ($1::uuid[])`;

// The version says that nothing has happened since the books were read, and takes the place of a lock.
const flag = `UPDATE saga SET needs_attention = true, attention = flagged.why, version = saga.version + 1
FROM jsonb_to_recordset($1::jsonb) AS flagged(id uuid, version int, why text)
WHERE saga.order_id = flagged.id AND saga.version = flagged.version AND NOT saga.needs_attention`;

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly version: number;
  readonly rests: boolean;
}

interface Different extends Pick<OrderRow, 'id' | 'version'> {
  readonly why: string;
}

/**
 * What orders, payments and the provider say about each order at rest. A difference is put before a person and mended by nobody: which of the books is
 * right, none of them knows.
 */
export const compare: JobPart = {
  database: 'orders',
  name: 'books',
  async batch(cursor, around) {
    const [orders, money] = [around.elsewhere('orders'), around.elsewhere('payments')];
    if (orders === null || money === null) return () => Promise.resolve(notCompared);
    const rows = await orders.rows<OrderRow>(page, [cursor, pageSize, around.windowMs]);
    const resting = rows.filter(({ rests }) => rests);
    const different = await differencesOf(resting, money, around);
    const counts = {
      orders: resting.length,
      different: different.length,
      'without the provider’s books': around.provider === null ? resting.length : 0,
    };
    const findings = different.map(({ id, why }) => `${fromUuid('ord', id)}: ${why}`);
    const next = rows.length < pageSize ? null : (rows.at(-1)?.id ?? null);
    return async (sql) => {
      const flagged = around.dryRun || different.length === 0 ? 0 : await sql.count(flag, [JSON.stringify(different)]);
      return { cursor: next, counts: { ...counts, flagged }, findings };
    };
  },
};

const notCompared: Batch = { cursor: null, counts: { 'not compared': 1 }, findings: [] };

async function differencesOf(resting: readonly OrderRow[], money: Sql, { provider }: Surroundings): Promise<readonly Different[]> {
  if (resting.length === 0) return [];
  const ids = resting.map(({ id }) => id);
  const rows = await money.rows<PaymentBook & { order_id: string }>(payments, [ids]);
  const byOrder = new Map(rows.map((row) => [row.order_id, row]));
  const books = provider === null ? null : await provider(ids.map((id) => fromUuid('ord', id)));
  return resting.flatMap((order) => {
    const account = books === null ? null : (books.get(fromUuid('ord', order.id)) ?? nothingDone);
    const found = differences(order, byOrder.get(order.id) ?? null, account);
    return found.length === 0 ? [] : [{ id: order.id, version: order.version, why: `the books differ: ${found.join('; ')}` }];
  });
}

const nothingDone: ProviderAccount = { captures: 0, captured: 0, refunded: 0, open: [] };
