import type { AcknowledgedOrder, Finding } from './finding.ts';
import type { Moving } from './moving.ts';
import { spelled, type Read } from './read.ts';

const unfinished = `SELECT o.id AS order_id, coalesce('its saga stands at ' || s.step, 'it has no saga') AS what
FROM orders.orders o LEFT JOIN orders.saga s ON s.order_id = o.id WHERE s.step IS DISTINCT FROM 'ENDED'`;

// How a saga ended and where its order stands are written together.
const contradictory = `SELECT o.id AS order_id, 'it is ' || o.status || ' and its saga ended as ' || coalesce(s.outcome, 'nothing') AS what
FROM orders.orders o JOIN orders.saga s ON s.order_id = o.id WHERE s.step = 'ENDED' AND NOT coalesce(CASE s.outcome
  WHEN 'SOLD' THEN o.status IN ('PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED') ELSE o.status = s.outcome END, false)`;

const unanswered = `SELECT order_id, type || ' has no answer' AS what FROM orders.saga_command WHERE answered_at IS NULL`;

const unfinishedPayments = `SELECT p.order_id, o.operation || ' at the provider is ' || o.state AS what
FROM payments.payment_operation o JOIN payments.payment p ON p.id = o.payment_id WHERE o.done_at IS NULL OR o.state <> 'DONE'
UNION ALL SELECT p.order_id, 'attempt ' || a.number || ' at the provider was never recorded' FROM payments.payment_attempt a
JOIN payments.payment p ON p.id = a.payment_id WHERE a.outcome = 'STARTED'
UNION ALL SELECT p.order_id, 'a refund is ' || r.status FROM payments.refund r JOIN payments.payment p ON p.id = r.payment_id
WHERE r.status IN ('PENDING', 'IN_DOUBT')
UNION ALL SELECT order_id, 'its payment is ' || status FROM payments.payment WHERE status IN ('PENDING', 'REQUIRES_ACTION', 'IN_DOUBT')`;

const attention = `SELECT order_id, coalesce(attention, 'without a reason') AS what FROM orders.saga WHERE needs_attention
UNION ALL SELECT order_id, attention FROM payments.payment WHERE attention IS NOT NULL`;

interface About {
  readonly order_id: string;
  readonly what: string;
}

/** I5: every order that was accepted has ended or is sold. I6: what clients were told is there. */
export async function checkOrders(
  read: Read,
  acknowledged: readonly AcknowledgedOrder[],
  expected: ReadonlySet<string>,
  moving: Moving,
): Promise<readonly Finding[]> {
  const orders = await read<{ id: string; total: string }>('SELECT id, total FROM orders.orders');
  const left: string[] = [];
  for (const statement of [unfinished, contradictory, unanswered, unfinishedPayments]) {
    const settled = (await read<About>(statement)).filter(({ order_id }) => !moving.has(spelled('ord', order_id)));
    left.push(...settled.map(({ order_id, what }) => `${spelled('ord', order_id)}: ${what}`));
  }
  const needy = (await read<About>(attention)).filter(({ order_id }) => !expected.has(spelled('ord', order_id)));
  return [
    {
      id: 'I5',
      title: 'terminal: every accepted order ends, no work is left over',
      checked: orders.length,
      violations: [...left, ...needy.map(({ order_id, what }) => `${spelled('ord', order_id)} needs attention: ${what}`)],
    },
    {
      id: 'I6',
      title: 'durable: what clients were told is there',
      checked: acknowledged.length,
      violations: missing(acknowledged, new Map(orders.map(({ id, total }) => [spelled('ord', id), Number(total)]))),
    },
  ];
}

const missing = (acknowledged: readonly AcknowledgedOrder[], totals: ReadonlyMap<string, number>): readonly string[] =>
  acknowledged.flatMap(({ id, total }) => {
    const kept = totals.get(id);
    if (kept === undefined) return [`${id}: told to a client, not in the database`];
    return kept === total ? [] : [`${id}: the client was told ${String(total)}, kept are ${String(kept)}`];
  });
