import { removing, type Job } from './job.ts';

const old = 'expires_at < now() AND live_order_id IS NULL';

/** Removes carts past their day; one that an order lives from stays. Orders itself does so every ten minutes; this is for where no worker runs. */
export const expireCarts: Job = {
  name: 'expire-carts',
  does: 'removes carts past their day',
  parts: [
    removing(
      { database: 'orders', name: 'carts' },
      'removed',
      `DELETE FROM cart WHERE id IN (SELECT id FROM cart WHERE ${old} ORDER BY expires_at LIMIT $1::int FOR UPDATE SKIP LOCKED)`,
      `SELECT count(*)::int AS total FROM cart WHERE ${old}`,
    ),
  ],
};
