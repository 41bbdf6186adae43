import { cloneDatabase, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createDeliveryQueue } from '../src/adapters/prisma/delivery-queue.ts';
import { createNotificationReads } from '../src/adapters/prisma/notification-reads.ts';
import { fromUuid } from '@tally/kernel';

test('every statement of many rows goes by its index', async () => {
  await using database = await cloneDatabase();
  await using sql = await openSql(database.urls.notifications.owner);
  await sql.execute(
    `INSERT INTO notification (id, event_id, channel, user_id, order_id, template, subject, text, html, status, sent_at, read_at, give_up_at, message_id, sequence, created_at)
     SELECT gen_random_uuid(), gen_random_uuid(), 'EMAIL', ('00000000-0000-7000-8000-' || lpad((n % 200)::text, 12, '0'))::uuid, gen_random_uuid(),
       'ORDER_CONFIRMED', 's', 't', 'h', CASE WHEN n % 5000 = 0 THEN 'DEAD' WHEN n % 4999 = 0 THEN 'QUEUED' ELSE 'SENT' END,
       CASE WHEN n % 5000 = 0 OR n % 4999 = 0 THEN NULL ELSE now() END, CASE WHEN n % 50 <> 0 THEN now() END, now(), 'm', n, now() - n * interval '1 s'
     FROM generate_series(1, 40000) AS n`,
  );
  await sql.execute('ANALYZE notification');
  const { user_id: user, order_id: order, id } = await sql.row('SELECT user_id, order_id, id FROM notification LIMIT 1');

  const plans: string[] = [];
  const explaining = {
    rows: async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> => {
      const rows = await sql.rows(`EXPLAIN ${text}`, values);
      plans.push(rows.map((row) => String(row['QUERY PLAN'])).join('\n'));
      return [];
    },
    count: () => Promise.resolve(0),
  };
  const reads = createNotificationReads(explaining);
  const queue = createDeliveryQueue(explaining);
  const userId = fromUuid('usr', String(user));
  const after = { createdAt: new Date(), id: fromUuid('ntf', String(id)) };
  await reads.byIds([after.id]);
  await reads.contentsOf([after.id]);
  await reads.ofOrders([fromUuid('ord', String(order))], userId);
  await reads.pageOf(userId, false, { after, limit: 21 });
  await reads.pageOf(userId, true, { after, limit: 21 });
  await reads.unreadOf(userId);
  await reads.deadPage({ after, limit: 21 });
  await reads.tellingsAfter(userId, 10, 1_000);
  await reads.newestTelling(userId);
  await queue.claim(4, 30_000);
  await queue.oldestSeconds();

  const indexes = plans.map((plan) =>
    [...new Set([...plan.matchAll(/(?:using|Scan on) (notification_\w+)/g)].map(([, name]) => name))].sort(),
  );
  expect(plans.filter((plan) => /Seq Scan on notification/.test(plan))).toEqual([]);
  // What is due is what is open, and that is little: which of the small indexes finds it is the planner's choice.
  const claiming = indexes[9]?.filter((name) => name !== 'notification_pkey');
  expect(['notification_due', 'notification_waiting', 'notification_open']).toEqual(expect.arrayContaining(claiming ?? ['none']));
  expect(claiming).toHaveLength(1);
  expect(indexes.filter((_, at) => at !== 9)).toEqual([
    ['notification_pkey'],
    ['notification_pkey'],
    ['notification_order_id_created_at_id_idx'],
    ['notification_user_id_created_at_id_idx'],
    ['notification_unread'],
    ['notification_unread'],
    ['notification_dead'],
    ['notification_user_id_sequence_key'],
    ['notification_user_id_sequence_key'],
    ['notification_waiting'],
  ]);
});
