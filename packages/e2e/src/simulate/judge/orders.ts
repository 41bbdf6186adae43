import type { Finding } from '@tally/audit';
import { byOrder, type Evidence } from '../evidence.ts';

const sold: readonly string[] = ['PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED'];
const unsettled: readonly string[] = ['PENDING', 'REQUIRES_ACTION', 'IN_DOUBT'];

/** I5: every order that was accepted has ended or is sold. I6: what clients were told is there. */
export function judgeOrders(evidence: Evidence): readonly Finding[] {
  const { orders, acknowledged } = evidence;
  const totals = new Map(orders.map(({ id, total }) => [id, total]));
  return [
    {
      id: 'I5',
      title: 'terminal: every accepted order ends, no work is left over',
      checked: orders.length,
      violations: [...sagasLeft(evidence), ...paymentsLeft(evidence), ...inNeed(evidence)],
    },
    {
      id: 'I6',
      title: 'durable: what clients were told is there',
      checked: acknowledged.length,
      violations: acknowledged.flatMap(({ id, total }) => {
        const kept = totals.get(id);
        if (kept === undefined) return [`${id}: told to a client, not in the database`];
        return kept === total ? [] : [`${id}: the client was told ${total}, kept are ${kept}`];
      }),
    },
  ];
}

function sagasLeft({ orders, sagas, commands }: Evidence): readonly string[] {
  const sagaOf = byOrder(sagas);
  const standstill = orders.flatMap(({ id, status }): readonly string[] => {
    const saga = sagaOf.get(id);
    if (saga === undefined) return [`${id}: it has no saga`];
    if (saga.step !== 'ENDED') return [`${id}: its saga stands at ${saga.step}`];
    const agrees = saga.outcome === 'SOLD' ? sold.includes(status) : status === saga.outcome;
    return agrees ? [] : [`${id}: it is ${status} and its saga ended as ${saga.outcome ?? 'nothing'}`];
  });
  return [...standstill, ...commands.flatMap(({ orderId, type, answered }) => (answered ? [] : [`${orderId}: ${type} has no answer`]))];
}

const paymentsLeft = ({ operations, attempts, refunds, payments }: Evidence): readonly string[] => [
  ...operations.flatMap(({ orderId, operation, state, done }) =>
    done && state === 'DONE' ? [] : [`${orderId}: ${operation} at the provider is ${state}`],
  ),
  ...attempts.flatMap(({ orderId, number, outcome }) =>
    outcome === 'STARTED' ? [`${orderId}: attempt ${number} at the provider was never recorded`] : [],
  ),
  ...refunds.flatMap(({ orderId, status }) => (status === 'PENDING' || status === 'IN_DOUBT' ? [`${orderId}: a refund is ${status}`] : [])),
  ...payments.flatMap(({ orderId, status }) => (unsettled.includes(status) ? [`${orderId}: its payment is ${status}`] : [])),
];

const inNeed = ({ sagas, payments }: Evidence): readonly string[] => [
  ...sagas.flatMap(({ orderId, needsAttention, attention }) =>
    needsAttention ? [`${orderId} needs attention: ${attention ?? 'without a reason'}`] : [],
  ),
  ...payments.flatMap(({ orderId, attention }) => (attention === null ? [] : [`${orderId} needs attention: ${attention}`])),
];
