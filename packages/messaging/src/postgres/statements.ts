import type pg from 'pg';

/** A prepared statement; its name is its identity on each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs a prepared statement. */
export async function run<Row extends pg.QueryResultRow>(pool: pg.Pool, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  return (await pool.query<Row>({ ...statement, values: [...values] })).rows;
}

/**
 * Every statement of this adapter finds its rows by a primary key. The planner, which knows no statistics of a table that was empty a moment ago, must
 * not think otherwise, and nothing here gains from compiled plans.
 */
export const sessionSettings = '-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';
