import type { Finding, LedgerLine } from './finding.ts';
import { accountsOf, emptyAccount, type ProviderAccount } from './ledger.ts';
import type { Moving } from './moving.ts';
import { spelled, standing, type Read } from './read.ts';

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly total: string;
}

interface PaymentRow {
  readonly order_id: string;
  readonly captured: string;
  readonly refunded: string;
  readonly recorded: string;
}

const paymentsWithRefunds = `SELECT p.order_id, p.captured, p.refunded, coalesce(sum(r.amount) FILTER (WHERE r.status = 'SUCCEEDED'), 0) AS recorded
FROM payments.payment p LEFT JOIN payments.refund r ON r.payment_id = p.id GROUP BY p.id`;

const keysUsedTwice = `SELECT buyer_id, count(*)::int AS orders FROM orders.orders GROUP BY buyer_id, client_key HAVING count(*) > 1`;

/** I1: the provider holds what a standing order owes, and nothing of any other. I2: nobody was charged twice, no key bought twice. */
export async function checkMoney(read: Read, ledger: readonly LedgerLine[] | null, moving: Moving): Promise<readonly Finding[]> {
  const orders = new Map((await read<OrderRow>('SELECT id, status, total FROM orders.orders')).map((row) => [spelled('ord', row.id), row]));
  const payments = new Map((await read<PaymentRow>(paymentsWithRefunds)).map((row) => [spelled('ord', row.order_id), row]));
  const twice = await read<{ buyer_id: string; orders: number }>(keysUsedTwice);
  const accounts = accountsOf(ledger ?? []);
  const unseen = ledger === null ? { notChecked: 'the provider’s own books were not given' } : {};
  const known = [...new Set([...orders.keys(), ...payments.keys(), ...accounts.keys()])];
  const settled = known.filter((id) => !moving.has(id));
  return [
    {
      id: 'I1',
      title: 'money: captured - refunded = owed, no authorisation left open',
      ...unseen,
      checked: ledger === null ? 0 : settled.length,
      violations:
        ledger === null ? [] : settled.flatMap((id) => wrongAbout(id, orders.get(id), payments.get(id), accounts.get(id) ?? emptyAccount)),
    },
    {
      id: 'I2',
      title: 'one charge per order, one order per key',
      ...unseen,
      checked: known.length,
      violations: [
        ...[...accounts]
          .filter(([, { captures }]) => captures > 1)
          .map(([id, { captures }]) => `${id}: captured ${String(captures)} times`),
        ...twice.map(({ buyer_id, orders: count }) => `${spelled('usr', buyer_id)}: one key, ${String(count)} orders`),
      ],
    },
  ];
}

function wrongAbout(
  id: string,
  order: OrderRow | undefined,
  payment: PaymentRow | undefined,
  provider: ProviderAccount,
): readonly string[] {
  const wrong: string[] = [];
  if (order === undefined) wrong.push(`${id}: ${payment === undefined ? 'the provider knows' : 'payments knows'} it, orders does not`);
  const owed = order !== undefined && standing.includes(order.status) ? Number(order.total) - Number(payment?.recorded ?? 0) : 0;
  const held = provider.captured - provider.refunded;
  if (held !== owed) wrong.push(`${id} ${order?.status ?? ''}: the provider holds ${String(held)}, owed are ${String(owed)}`);
  wrong.push(...provider.open.map((authorisation) => `${id} ${order?.status ?? ''}: authorisation ${authorisation} is still open`));
  const [captured, refunded] = [Number(payment?.captured ?? 0), Number(payment?.refunded ?? 0)];
  if (captured !== provider.captured || refunded !== provider.refunded) {
    wrong.push(
      `${id}: payments has ${String(captured)} captured and ${String(refunded)} refunded, the provider ${String(provider.captured)} and ${String(provider.refunded)}`,
    );
  }
  return wrong;
}
