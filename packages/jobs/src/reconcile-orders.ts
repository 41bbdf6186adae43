import { compare } from './reconcile-orders/compare.ts';
import type { Job, JobPart } from './job.ts';

const batchSize = 500;

const overdue = `step <> 'ENDED' AND NOT needs_attention AND deadline_at < now() - interval '1 minute' AND (wake_at IS NULL OR wake_at > now())`;

/** Sagas whose deadline has passed and that no sweeper is about to look at: the sweeper does, at once. */
const deadlines: JobPart = {
  database: 'orders',
  name: 'deadlines',
  batch: (_, { dryRun }) =>
    Promise.resolve(async (sql) => {
      const woken = dryRun
        ? ((await sql.rows<{ total: number }>(`SELECT count(*)::int AS total FROM saga WHERE ${overdue}`))[0]?.total ?? 0)
        : await sql.count(
            `UPDATE saga SET wake_at = now() WHERE order_id IN (SELECT order_id FROM saga WHERE ${overdue} ORDER BY order_id LIMIT $1::int FOR UPDATE SKIP LOCKED)`,
            [batchSize],
          );
      return { cursor: !dryRun && woken === batchSize ? 'more' : null, counts: { woken }, findings: [] };
    }),
};

const doubtful = `state = 'ENQUIRE' AND doubt_since < now() - interval '1 minute' AND run_at > now()`;

/** Payments without a definite end whose next enquiry is a while away: the worker asks now. */
const doubts: JobPart = {
  database: 'payments',
  name: 'doubts',
  batch: (_, { dryRun }) =>
    Promise.resolve(async (sql) => {
      const enquired = dryRun
        ? ((await sql.rows<{ total: number }>(`SELECT count(*)::int AS total FROM payment_operation WHERE ${doubtful}`))[0]?.total ?? 0)
        : await sql.count(
            `UPDATE payment_operation SET run_at = now() WHERE id IN (SELECT id FROM payment_operation WHERE ${doubtful} ORDER BY id LIMIT $1::int FOR UPDATE SKIP LOCKED)`,
            [batchSize],
          );
      return { cursor: !dryRun && enquired === batchSize ? 'more' : null, counts: { enquired }, findings: [] };
    }),
};

/** What has run out of time is looked at, what is in doubt asked about, and the three books of each order are compared. */
export const reconcileOrders: Job = {
  name: 'reconcile-orders',
  does: 'wakes what is overdue, has doubts enquired, compares the books of orders, payments and the provider',
  parts: [deadlines, doubts, compare],
};
