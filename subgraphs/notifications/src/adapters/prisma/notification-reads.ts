import { fromUuid, toUuid, type Id } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Notification } from '../../domain/notification.ts';
import type { NotificationReads, PageTerms } from '../../ports/notification-reads.ts';
import { notificationColumns, toNotification, toTelling, type NotificationColumns, type TellingColumns } from './rows.ts';

const byIds = `SELECT ${notificationColumns} FROM notification WHERE id = ANY($1::uuid[])`;
const contentsOf = 'SELECT id, text, html FROM notification WHERE id = ANY($1::uuid[])';

const ofOrders = `SELECT entry.* FROM unnest($1::uuid[]) AS of_order(id) CROSS JOIN LATERAL (
  SELECT ${notificationColumns} FROM notification WHERE order_id = of_order.id AND ($2::uuid IS NULL OR user_id = $2::uuid)
  ORDER BY created_at, id LIMIT 100) AS entry`;

// The page before ended at a row that orders by (created_at, id); the sentinels stand for "from the newest". Each filter is a text of its own, so that it
// finds its partial index.
const page = (filter: string): string => `SELECT ${notificationColumns} FROM notification
WHERE ${filter} AND (created_at, id) < (COALESCE($1::timestamptz, 'infinity'), COALESCE($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
ORDER BY created_at DESC, id DESC LIMIT $3::int`;
const pageOfAll = page('user_id = $4::uuid');
const pageOfUnread = page('user_id = $4::uuid AND read_at IS NULL');
const pageOfDead = page(`status = 'DEAD'`);

const unreadOf =
  'SELECT count(*)::int AS n FROM (SELECT FROM notification WHERE user_id = $1::uuid AND read_at IS NULL LIMIT 10001) AS counted';

const tellingsAfter = `SELECT head.sequence AS head, entry.* FROM (SELECT coalesce(max(sequence), 0) AS sequence FROM inbox_stream WHERE user_id = $1::uuid) AS head
LEFT JOIN LATERAL (
  SELECT sequence, id, created_at FROM notification WHERE user_id = $1::uuid AND sequence > $2::bigint ORDER BY sequence LIMIT $3::int) AS entry ON true`;
const newestTelling = 'SELECT sequence, id, created_at FROM notification WHERE user_id = $1::uuid ORDER BY sequence DESC LIMIT 1';

/** Notifications as they stand, on any connection. */
export function createNotificationReads(sql: Sql): NotificationReads {
  const uuids = (ids: readonly Id[]): readonly string[] => ids.map(toUuid);
  const pageBy = async (text: string, { after, limit }: PageTerms, ...more: readonly string[]): Promise<readonly Notification[]> => {
    const values = [after?.createdAt ?? null, after === null ? null : toUuid(after.id), limit, ...more];
    return (await sql.rows<NotificationColumns>(text, values)).map(toNotification);
  };
  return {
    async byIds(ids) {
      const rows = await sql.rows<NotificationColumns>(byIds, [uuids(ids)]);
      return new Map(rows.map(toNotification).map((notification) => [notification.id, notification]));
    },
    async contentsOf(ids) {
      const rows = await sql.rows<{ id: string; text: string; html: string }>(contentsOf, [uuids(ids)]);
      return new Map(rows.map(({ id, ...contents }) => [fromUuid('ntf', id), contents]));
    },
    async ofOrders(ids, userId) {
      const rows = await sql.rows<NotificationColumns>(ofOrders, [uuids(ids), userId === null ? null : toUuid(userId)]);
      return Map.groupBy(rows.map(toNotification), ({ orderId }) => orderId as Id<'ord'>);
    },
    pageOf: (userId, unread, terms) => pageBy(unread ? pageOfUnread : pageOfAll, terms, toUuid(userId)),
    async unreadOf(userId) {
      const [row] = await sql.rows<{ n: number }>(unreadOf, [toUuid(userId)]);
      return row?.n ?? 0;
    },
    deadPage: (terms) => pageBy(pageOfDead, terms),
    async tellingsAfter(userId, afterSequence, limit) {
      const rows = await sql.rows<(TellingColumns | Record<keyof TellingColumns, null>) & { head: bigint }>(tellingsAfter, [
        ...[toUuid(userId), afterSequence, limit],
      ]);
      return { head: Number(rows[0]?.head ?? 0), tellings: rows.flatMap((row) => (row.id === null ? [] : [toTelling(row)])) };
    },
    async newestTelling(userId) {
      const [row] = await sql.rows<TellingColumns>(newestTelling, [toUuid(userId)]);
      return row === undefined ? null : toTelling(row);
    },
  };
}
