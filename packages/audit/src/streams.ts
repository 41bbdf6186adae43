import { spelledInSql } from './read.ts';

// Within what the log keeps for sure (7 days).
const lately = (column: string): string => `${column} > now() - interval '6 days'`;

const newestCommand = (
  target: 'products' | 'payments',
  types: string,
): string => `SELECT '${target}.commands.v1', ${spelledInSql('ord', 's.order_id')}, s.${target}_sequence
FROM orders.saga s WHERE s.${target}_sequence > 0 AND ${lately(`(SELECT max(sent_at) FROM orders.saga_command c WHERE c.order_id = s.order_id AND c.type IN (${types}))`)}`;

/**
 * What was changed, as the tables themselves count it: (topic, key, sequence), one row per change where each is on record, else the newest of each
 * stream. State topics are looked at whatever their age.
 */
export const changes = [
  `SELECT 'orders.order.v1' AS topic, ${spelledInSql('ord', 'order_id')} AS key, sequence::bigint AS sequence FROM orders.order_event WHERE ${lately('occurred_at')}`,
  `SELECT 'orders.order.v1', ${spelledInSql('ord', 'id')}, sequence FROM orders.orders WHERE ${lately('placed_at')}`,
  `SELECT 'orders.buyer.v1', ${spelledInSql('usr', 'buyer_id')}, buyer_sequence FROM orders.order_event WHERE ${lately('occurred_at')}`,
  newestCommand('products', `'ReserveStock', 'CommitStock', 'ReleaseStock'`),
  newestCommand('payments', `'AuthorisePayment', 'CapturePayment', 'VoidPayment', 'RefundPayment'`),
  `SELECT 'products.stock.v1', ${spelledInSql('ord', 'order_id')}, sequence FROM products.stock_claim WHERE ${lately('updated_at')}`,
  `SELECT 'products.level.v1', ${spelledInSql('var', 'variant_id')}, version FROM products.stock_movement WHERE ${lately('at')}`,
  `SELECT 'products.level.v1', ${spelledInSql('var', 'variant_id')}, version FROM products.stock`,
  `SELECT 'products.catalogue.v1', ${spelledInSql('prod', 'id')}, version FROM products.product`,
  `SELECT 'payments.payment.v1', ${spelledInSql('ord', 'order_id')}, sequence FROM payments.payment_stream JOIN payments.payment USING (order_id)
WHERE ${lately('created_at')}`,
  `SELECT 'users.user.v1', ${spelledInSql('usr', 'id')}, version FROM users.account`,
  `SELECT 'users.session.v1', ${spelledInSql('usr', 'user_id')}, sequence FROM users.session_stream
WHERE ${lately('(SELECT max(greatest(created_at, revoked_at)) FROM users.session s WHERE s.user_id = session_stream.user_id)')}`,
  `SELECT 'notifications.notification.v1', ${spelledInSql('usr', 'user_id')}, sequence FROM notifications.notification WHERE ${lately('created_at')}`,
  `SELECT 'notifications.notification.v1', ${spelledInSql('usr', 'user_id')}, sequence FROM notifications.inbox_stream
WHERE ${lately('(SELECT max(greatest(created_at, read_at)) FROM notifications.notification n WHERE n.user_id = inbox_stream.user_id)')}`,
].join(' UNION ALL ');
