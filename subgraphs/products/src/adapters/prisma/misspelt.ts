import type { Sql } from '@tally/messaging';
import { sqlOf, type RawClient, type TransactionalClient } from '@tally/subgraph-kit';

/** Share of its letter triples that a word of the query must find in a word of the title. At the standard 0.6 one wrong letter in six is not found. */
const similarityBar = '0.45';

/** Runs statements for misspelt words. The bar is a setting of the connection, so it lives in a transaction of its own. */
export const createMisspelt =
  <Tx extends RawClient>(client: TransactionalClient<Tx>) =>
  <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    client.$transaction(async (tx) => {
      const sql = sqlOf(tx);
      await sql.rows("SELECT set_config('pg_trgm.word_similarity_threshold', $1, true) AS bar", [similarityBar]);
      return work(sql);
    });
