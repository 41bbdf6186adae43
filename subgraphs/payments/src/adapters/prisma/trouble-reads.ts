import { fromUuid, toUuid } from '@tally/kernel';
import type { Sql } from '@tally/messaging';
import type { Call } from '../../domain/operation.ts';
import type { Doubts, TroubledPayment, TroubleReads } from '../../ports/trouble-reads.ts';

const inDoubt = `SELECT DISTINCT ON (payment_id) payment_id, id FROM payment_operation WHERE state <> 'DONE' AND doubt_since IS NOT NULL ORDER BY payment_id, id`;

// Two partial indexes hold what is open and what a person has to look at: both are small whatever the number of payments.
const troubled = `SELECT p.id AS payment_id, p.order_id, p.attention, op.operation, coalesce(op.doubt_since, p.updated_at) AS since,
  coalesce(op.enquiries, 0) AS enquiries, CASE WHEN op.state <> 'PARKED' THEN op.run_at END AS next_enquiry_at
FROM (SELECT coalesce(doubted.payment_id, flagged.id) AS payment_id, doubted.id
  FROM (${inDoubt}) doubted FULL JOIN (SELECT id FROM payment WHERE attention IS NOT NULL) flagged ON flagged.id = doubted.payment_id) listed
JOIN payment p ON p.id = listed.payment_id LEFT JOIN payment_operation op ON op.id = listed.id`;

const page = `SELECT t.*, (SELECT count(*)::int FROM payment_attempt a WHERE a.payment_id = t.payment_id) AS attempts FROM (${troubled}) t
WHERE $1::timestamptz IS NULL OR (t.since, t.payment_id) > ($1::timestamptz, $2::uuid) ORDER BY t.since, t.payment_id LIMIT $3::int`;
const count = `SELECT count(*)::int AS total FROM (SELECT FROM (${troubled}) t LIMIT 10001) counted`;
const doubts = `SELECT count(*)::int AS count, coalesce(greatest(0, date_part('epoch', now() - min(doubt_since))), 0)::float8 AS "oldestSeconds"
FROM payment_operation WHERE state <> 'DONE' AND doubt_since IS NOT NULL`;

interface TroubledRow {
  readonly payment_id: string;
  readonly order_id: string;
  readonly attention: string | null;
  readonly operation: Call | null;
  readonly since: Date;
  readonly enquiries: number;
  readonly next_enquiry_at: Date | null;
  readonly attempts: number;
}

export function createTroubleReads(sql: Sql): TroubleReads {
  return {
    async page(after, limit) {
      const place = after === null ? [null, null] : [after.since.toISOString(), toUuid(after.paymentId)];
      return (await sql.rows<TroubledRow>(page, [...place, limit])).map(toTroubled);
    },
    async count() {
      const [row] = await sql.rows<{ total: number }>(count);
      return row?.total ?? 0;
    },
    async doubts() {
      const [row] = await sql.rows<Doubts>(doubts);
      return row ?? { count: 0, oldestSeconds: 0 };
    },
  };
}

const toTroubled = ({ payment_id, order_id, next_enquiry_at, ...row }: TroubledRow): TroubledPayment => ({
  ...row,
  paymentId: fromUuid('pay', payment_id),
  orderId: fromUuid('ord', order_id),
  nextEnquiryAt: next_enquiry_at,
});
