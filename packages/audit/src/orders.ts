import type { AcknowledgedOrder, Finding } from './finding.ts';
import { spelled, type Read } from './read.ts';

/** I5: every order that was accepted has ended or is sold. I6: what clients were told is there. */
export async function checkOrders(
  read: Read,
  acknowledged: readonly AcknowledgedOrder[],
  expected: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const sagas = await read<{ order_id: string; step: string; needs_attention: boolean; attention: string | null }>(
    'SELECT order_id, step, needs_attention, attention FROM orders.saga',
  );
  const open = await read<{ order_id: string; operation: string; state: string }>(
    `SELECT p.order_id, o.operation, o.state FROM payments.payment_operation o JOIN payments.payment p ON p.id = o.payment_id WHERE o.done_at IS NULL`,
  );
  const orders = await read<{ id: string; total: string }>('SELECT id, total FROM orders.orders');
  const totals = new Map(orders.map(({ id, total }) => [spelled('ord', id), Number(total)]));
  const missing = acknowledged.flatMap(({ id, total }) => {
    const kept = totals.get(id);
    if (kept === undefined) return [`${id}: told to a client, not in the database`];
    return kept === total ? [] : [`${id}: the client was told ${String(total)}, kept are ${String(kept)}`];
  });
  return [
    {
      id: 'I5',
      title: 'terminal: every accepted order ends, no work is left over',
      checked: sagas.length,
      violations: [
        ...sagas
          .filter(({ step }) => step !== 'ENDED')
          .map(({ order_id, step }) => `${spelled('ord', order_id)}: the saga stands at ${step}`),
        ...sagas
          .filter(({ order_id, needs_attention }) => needs_attention && !expected.has(spelled('ord', order_id)))
          .map(({ order_id, attention }) => `${spelled('ord', order_id)} needs attention: ${attention ?? ''}`),
        ...open.map(({ order_id, operation, state }) => `${spelled('ord', order_id)}: ${operation} at the provider is ${state}`),
      ],
    },
    { id: 'I6', title: 'durable: what clients were told is there', checked: acknowledged.length, violations: missing },
  ];
}
