import type { Finding, LedgerLine } from '@tally/audit';
import { byOrder, standing, type Evidence } from '../evidence.ts';

/** What the provider did about one order. */
interface Account {
  readonly captures: number;
  readonly captured: number;
  readonly refunded: number;
  /** Authorisations that hold money. */
  readonly open: readonly string[];
}

const emptyAccount: Account = { captures: 0, captured: 0, refunded: 0, open: [] };

/** I1: the provider holds what a standing order owes, and nothing of any other. I2: nobody was charged twice, no key bought twice. */
export function judgeMoney({ orders, payments, refunds, ledger }: Evidence): readonly Finding[] {
  const orderOf = new Map(orders.map((order) => [order.id, order]));
  const paymentOf = byOrder(payments);
  const refundsOf = Map.groupBy(refunds, ({ orderId }) => orderId);
  const accounts = new Map([...Map.groupBy(ledger, ({ order }) => order)].map(([order, lines]) => [order, accountOf(lines)]));
  const known = [...new Set([...orderOf.keys(), ...paymentOf.keys(), ...accounts.keys()])];
  const twice = [...Map.groupBy(orders, ({ buyerId, clientKey }) => `${buyerId} ${clientKey}`).values()].filter(({ length }) => length > 1);

  function wrongAbout(id: string): readonly string[] {
    const [order, payment] = [orderOf.get(id), paymentOf.get(id)];
    const { captured, refunded, open } = accounts.get(id) ?? emptyAccount;
    const status = order?.status ?? '';
    const recorded = (refundsOf.get(id) ?? []).reduce((sum, refund) => sum + (refund.status === 'SUCCEEDED' ? refund.amount : 0), 0);
    const wrong: string[] = [];
    if (order === undefined) wrong.push(`${id}: ${payment === undefined ? 'the provider knows' : 'payments knows'} it, orders does not`);
    const owed = order !== undefined && standing.includes(status) ? order.total - recorded : 0;
    if (captured - refunded !== owed) wrong.push(`${id} ${status}: the provider holds ${captured - refunded}, owed are ${owed}`);
    wrong.push(...open.map((authorisation) => `${id} ${status}: authorisation ${authorisation} is still open`));
    const own = payment ?? { captured: 0, refunded: 0 };
    if (own.captured !== captured || own.refunded !== refunded)
      wrong.push(`${id}: payments has ${own.captured} captured and ${own.refunded} refunded, the provider ${captured} and ${refunded}`);
    return wrong;
  }

  return [
    {
      id: 'I1',
      title: 'money: captured - refunded = owed, no authorisation left open',
      checked: known.length,
      violations: known.flatMap(wrongAbout),
    },
    {
      id: 'I2',
      title: 'one charge per order, one order per key',
      checked: known.length,
      violations: [
        ...[...accounts].flatMap(([id, { captures }]) => (captures > 1 ? [`${id}: captured ${captures} times`] : [])),
        ...twice.map((same) => `${same[0]?.buyerId ?? ''}: one key, ${same.length} orders`),
      ],
    },
  ];
}

function accountOf(ledger: readonly LedgerLine[]): Account {
  const lines = ledger.filter(({ outcome }) => outcome === 'succeeded');
  const of = (...operations: readonly string[]) => lines.filter(({ operation }) => operations.includes(operation));
  const sum = (some: readonly LedgerLine[]) => some.reduce((total, { amount }) => total + amount, 0);
  const ended = new Set(of('capture', 'void', 'expire').map(({ authorisation }) => authorisation));
  const granted = new Set(of('authorise', 'approve').map(({ authorisation }) => authorisation));
  return {
    captures: of('capture').length,
    captured: sum(of('capture')),
    refunded: sum(of('refund')),
    open: [...granted].flatMap((authorisation) => (ended.has(authorisation) ? [] : [authorisation ?? 'without a name'])),
  };
}
