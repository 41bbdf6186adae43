import type { Finding } from './finding.ts';
import type { Moving } from './moving.ts';
import { spelled, type Read } from './read.ts';

const confirmed = (moving: Moving): string => `SELECT e.order_id, count(n.id)::int AS mails FROM orders.order_event e
LEFT JOIN notifications.notification n ON n.order_id = e.order_id AND n.template = 'ORDER_CONFIRMED' AND n.channel = 'EMAIL'
WHERE e.status = 'CONFIRMED' AND e.occurred_at > now() - interval '6 days' AND ${moving.longAgo('e.occurred_at')} GROUP BY e.order_id`;

const untrue = `SELECT DISTINCT n.order_id FROM notifications.notification n WHERE n.template = 'ORDER_CONFIRMED'
  AND NOT EXISTS (SELECT FROM orders.order_event e WHERE e.order_id = n.order_id AND e.status = 'CONFIRMED')`;

const sharedIds = `SELECT message_id, count(*)::int AS mails FROM notifications.notification GROUP BY message_id HAVING count(*) > 1`;

/** I10: whoever has a confirmed order is told so by one mail, nobody else is, and no two mails share a Message-ID. Says nothing of their delivery. */
export async function checkTold(read: Read, moving: Moving): Promise<readonly Finding[]> {
  const orders = await read<{ order_id: string; mails: number }>(confirmed(moving));
  const lies = await read<{ order_id: string }>(untrue);
  const shared = await read<{ message_id: string; mails: number }>(sharedIds);
  return [
    {
      id: 'I10',
      title: 'told: one confirmation per confirmed order, none for another',
      checked: orders.length,
      violations: [
        ...orders
          .filter(({ mails }) => mails !== 1)
          .map(
            ({ order_id, mails }) =>
              `${spelled('ord', order_id)} is confirmed and has ${mails === 0 ? 'no mail' : `${String(mails)} mails`} that say so`,
          ),
        ...lies.map(({ order_id }) => `${spelled('ord', order_id)} was never confirmed and has a mail that says so`),
        ...shared.map(({ message_id, mails }) => `${String(mails)} mails share the Message-ID ${message_id}`),
      ],
    },
  ];
}
