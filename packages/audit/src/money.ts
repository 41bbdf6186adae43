import type { Finding, LedgerLine } from './finding.ts';
import { spelled, type Read } from './read.ts';

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly total: string;
}

interface PaymentRow {
  readonly order_id: string;
  readonly captured: string;
  readonly refunded: string;
}

/** Statuses of an order that stands: its buyer owes the total. */
const standing = new Set(['CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED']);

const sum = (lines: readonly LedgerLine[], operation: string): number =>
  lines.filter((line) => line.operation === operation && line.outcome === 'succeeded').reduce((total, { amount }) => total + amount, 0);

const count = (lines: readonly LedgerLine[], ...operations: readonly string[]): number =>
  lines.filter((line) => operations.includes(line.operation) && line.outcome === 'succeeded').length;

/** I1: the provider holds what a standing order owes, and nothing of any other. I2: nobody was charged twice, no key bought twice. */
export async function checkMoney(read: Read, ledger: readonly LedgerLine[]): Promise<readonly Finding[]> {
  const orders = await read<OrderRow>('SELECT id, status, total FROM orders.orders');
  const payments = await read<PaymentRow>('SELECT order_id, captured, refunded FROM payments.payment');
  const twice = await read<{ buyer_id: string; orders: string }>(
    'SELECT buyer_id, count(*) AS orders FROM orders.orders GROUP BY buyer_id, client_key HAVING count(*) > 1',
  );
  const refunds = await read<{ order_id: string; refunded: string }>(
    `SELECT p.order_id, sum(r.amount) AS refunded FROM payments.refund r JOIN payments.payment p ON p.id = r.payment_id
     WHERE r.status = 'SUCCEEDED' GROUP BY p.order_id`,
  );
  const byOrder = Map.groupBy(ledger, ({ order }) => order);
  const paymentOf = new Map(payments.map((payment) => [spelled('ord', payment.order_id), payment]));
  const refundedOf = new Map(refunds.map(({ order_id, refunded }) => [spelled('ord', order_id), Number(refunded)]));

  const wrong: string[] = [];
  for (const row of orders) {
    const id = spelled('ord', row.id);
    const lines = byOrder.get(id) ?? [];
    const [captured, refunded] = [sum(lines, 'capture'), sum(lines, 'refund')];
    const owed = standing.has(row.status) ? Number(row.total) - (refundedOf.get(id) ?? 0) : 0;
    if (captured - refunded !== owed)
      wrong.push(`${id} ${row.status}: the provider holds ${String(captured - refunded)}, owed are ${String(owed)}`);
    if (count(lines, 'authorise') > 0 && count(lines, 'capture', 'void', 'expire') === 0)
      wrong.push(`${id} ${row.status}: an authorisation is still open`);
    const payment = paymentOf.get(id);
    if (payment !== undefined && (Number(payment.captured) !== captured || Number(payment.refunded) !== refunded)) {
      wrong.push(
        `${id}: payments has ${payment.captured} captured and ${payment.refunded} refunded, the provider ${String(captured)} and ${String(refunded)}`,
      );
    }
  }
  const known = new Set(orders.map(({ id }) => spelled('ord', id)));
  for (const order of byOrder.keys()) if (!known.has(order)) wrong.push(`${order}: the provider knows it, we do not`);

  const charged = [...byOrder]
    .filter(([, lines]) => count(lines, 'capture') > 1)
    .map(([order, lines]) => `${order}: captured ${String(count(lines, 'capture'))} times`);
  return [
    { id: 'I1', title: 'money: captured - refunded = owed, no authorisation left open', checked: orders.length, violations: wrong },
    {
      id: 'I2',
      title: 'one charge per order, one order per key',
      checked: byOrder.size,
      violations: [...charged, ...twice.map(({ buyer_id, orders: n }) => `${spelled('usr', buyer_id)}: one key, ${n} orders`)],
    },
  ];
}
