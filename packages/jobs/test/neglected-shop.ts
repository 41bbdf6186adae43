import { newId, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/testkit';
import { theAuditedDatabase, type AuditedDatabase } from '../../audit/test/audited-database.ts';

/** A sold order, and around it something for every job to find, remove or mend. */
export interface NeglectedShop extends AuditedDatabase {
  /** Placed, past its deadline, and the sweeper has no appointment with it. */
  readonly overdue: Id<'ord'>;
  /** Cancelled long ago; its units are still reserved. */
  readonly cancelled: Id<'ord'>;
  /** What the jobs may change, in a form that two runs can be compared by. */
  footprint(): Promise<unknown>;
}

/** Rows that one transaction of a job removes, and a few more. */
const moreThanABatch = 1_100;

const longAgo = `now() - interval '10 minutes'`;

export async function theNeglectedShop(): Promise<NeglectedShop> {
  await using stack = new AsyncDisposableStack();
  const shop = stack.use(await theAuditedDatabase());
  const { sql } = shop;
  const [overdue, cancelled] = [newId('ord'), newId('ord')];
  await forgetRows(sql);
  await anotherOrder(sql, overdue, 'PENDING', 'RESERVE', null);
  await anotherOrder(sql, cancelled, 'CANCELLED', 'ENDED', 'CANCELLED');
  await sql.rows(`UPDATE orders.saga SET deadline_at = ${longAgo}, wake_at = NULL WHERE step = 'RESERVE'`);
  await sql.rows(`INSERT INTO products.stock_claim (order_id, state, sequence, updated_at) VALUES ($1, 'RESERVED', 1, ${longAgo})`, [
    toUuid(cancelled),
  ]);
  await sql.rows(
    `INSERT INTO products.product_search (product_id, document, title, category_ids, seller_id, tags, price_min, price_max, in_stock, published_at)
     SELECT id, '', title, '{}', seller_id, '{}', 1, 1, false, now() FROM products.product`,
  );
  await sql.rows('UPDATE products.stock SET available = 7');
  await sql.rows(`UPDATE orders.saga SET updated_at = ${longAgo}`);
  await sql.rows(`UPDATE orders.orders SET updated_at = ${longAgo}`);
  await sql.rows(`UPDATE payments.payment SET captured = 2400`);
  await sql.rows(
    `INSERT INTO payments.payment_operation (payment_id, command_id, operation, call, key, state, doubt_since, run_at)
     SELECT id, $1, 'VOID', 'VOID', 'k', 'ENQUIRE', ${longAgo}, now() + interval '1 hour' FROM payments.payment`,
    [toUuid(newId('cmd'))],
  );
  const owned = stack.move();
  return { ...shop, overdue, cancelled, footprint: () => footprintOf(sql), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function forgetRows(sql: Sql): Promise<void> {
  await sql.rows(
    `INSERT INTO orders.cart (id, expires_at) SELECT gen_random_uuid(), now() + CASE WHEN n <= 3 THEN 1 ELSE -1 END * interval '1 hour' FROM generate_series(1, $1) n`,
    [moreThanABatch],
  );
  await sql.rows(`INSERT INTO orders.cart (id, expires_at, live_order_id) VALUES (gen_random_uuid(), ${longAgo}, gen_random_uuid())`);
  await sql.rows(
    `INSERT INTO orders.outbox (event_id, topic, key, sequence, type, payload, published_at)
     SELECT gen_random_uuid(), 'old', 'k', n, 'Old', '{}', CASE WHEN n <= 3 THEN NULL ELSE now() - interval '2 days' END FROM generate_series(1, $1) n`,
    [moreThanABatch],
  );
  await sql.rows(
    `INSERT INTO payments.inbox (consumer, event_id, state, seen_at)
     SELECT 'old', gen_random_uuid(), CASE WHEN n <= 3 THEN 'PARKED' ELSE 'DONE' END, now() - interval '40 days' FROM generate_series(1, 10) n`,
  );
  await sql.rows(
    `INSERT INTO users.idempotency (scope, operation, key, fingerprint, result, created_at)
     SELECT 'u', 'o', n::text, 'f', '{}', now() - n * interval '1 day' FROM generate_series(1, 10) n`,
  );
}

async function anotherOrder(sql: Sql, id: Id<'ord'>, status: string, step: string, outcome: string | null): Promise<void> {
  await sql.rows(
    `INSERT INTO orders.orders (id, buyer_id, saga_id, status, currency, subtotal, shipping, tax, discount, total, shipping_address, client_key, fingerprint)
     SELECT $1, buyer_id, $2, $3, currency, subtotal, shipping, tax, discount, total, shipping_address, $4, fingerprint FROM orders.orders LIMIT 1`,
    [toUuid(id), toUuid(newId('saga')), status, id],
  );
  await sql.rows('INSERT INTO orders.saga (order_id, step, outcome) VALUES ($1, $2, $3)', [toUuid(id), step, outcome]);
}

const footprintOf = async (sql: Sql): Promise<unknown> => ({
  carts: await sql.number('SELECT count(*) FROM orders.cart'),
  outbox: await sql.number('SELECT count(*) FROM orders.outbox'),
  inbox: await sql.rows('SELECT state, count(*)::int AS rows FROM payments.inbox GROUP BY state ORDER BY state'),
  keys: await sql.number('SELECT count(*) FROM users.idempotency'),
  sagas: await sql.rows(
    `SELECT o.status, step, wake_at IS NOT NULL AS woken, attention FROM orders.saga JOIN orders.orders o ON o.id = order_id ORDER BY o.status`,
  ),
  enquired: await sql.number(`SELECT count(*) FROM payments.payment_operation WHERE state = 'ENQUIRE' AND run_at <= now()`),
  search: await sql.rows('SELECT in_stock FROM products.product_search'),
  stock: await sql.rows('SELECT available, reserved FROM products.stock'),
  leases: await sql.number(
    ['products', 'orders', 'payments', 'users', 'notifications']
      .map((name) => `(SELECT count(*) FROM ${name}.job_lease WHERE owner IS NOT NULL OR progress IS NOT NULL)`)
      .join(' + ')
      .replace(/^/, 'SELECT '),
  ),
});
