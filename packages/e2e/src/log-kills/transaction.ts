import { sqlOnPg, type openPool, type Sql } from '@tally/messaging';

/** One transaction on a connection of the pool. @throws what `work` or COMMIT throws; nothing is kept then. */
export async function inTransaction<Result>(pool: ReturnType<typeof openPool>, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('BEGIN');
    const result = await work(sqlOnPg(client));
    await client.query('COMMIT');
    broken = false;
    return result;
  } catch (error) {
    broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}
