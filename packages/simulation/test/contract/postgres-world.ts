import { toUuid } from '@tally/kernel';
import { inboxOn, openConnection, openPool, outboxOn, outboxRowsOnPg, sqlOnPg } from '@tally/messaging';
import { idempotencyOn } from '@tally/subgraph-kit';
import { cloneDatabase, eventually, openSql } from '@tally/testkit';
import type { MessagingWorld, WrittenEvent } from './messaging-world.ts';

/** The ports on PostgreSQL: the tables of one subgraph (payments stands for any), as its app role. */
export async function postgresWorld(): Promise<MessagingWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const admin = stack.use(await openSql(database.adminUrl));
  const url = database.urls.payments.app;
  const pool = stack.adopt(openPool(url, 'contract', 10), (open) => open.end());
  const connection = stack.adopt(await openConnection(url, 'relay'), (open) => open.end());
  const owned = stack.move();
  return {
    async transact(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const sql = sqlOnPg(client);
        const result = await work({ inbox: inboxOn(sql, 'tested'), outbox: outboxOn(sql), idempotency: idempotencyOn(sql) });
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    async parkInInbox(eventId) {
      await pool.query(`INSERT INTO inbox (consumer, event_id, state) VALUES ('tested', $1::uuid, 'PARKED')`, [toUuid(eventId)]);
    },
    relayed: outboxRowsOnPg((question) => question(connection)),
    async outboxRows() {
      const { rows } = await pool.query<WrittenEvent>(
        `SELECT topic, key, sequence::float8 AS sequence, type, payload, attempts, published_at IS NOT NULL AS "isPublished" FROM outbox ORDER BY id`,
      );
      return rows;
    },
    async somebodyWaits(count = 1) {
      const waiting = () =>
        admin.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
      await eventually(async () => (await waiting()) === count);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
