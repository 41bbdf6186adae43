import pg from 'pg';

/** One row as PostgreSQL gives it: `bigint` and `numeric` arrive as text, timestamps as `Date`. */
export type Row = Readonly<Record<string, unknown>>;

/** Plain SQL for what a test prepares or asserts. */
export interface Sql extends AsyncDisposable {
  readonly rows: (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** The only row. @throws {Error} there is none, or more than one. */
  readonly row: (text: string, values?: readonly unknown[]) => Promise<Row>;
  /** The only column of the only row as a number: counts and sums. @throws {Error} it is not one safe number. */
  readonly number: (text: string, values?: readonly unknown[]) => Promise<number>;
  /** How many rows a statement wrote. */
  readonly execute: (text: string, values?: readonly unknown[]) => Promise<number>;
}

/**
 * Opens up to four connections for a test's own statements.
 *
 * @param url of any role, see `ClonedDatabase`; the auditor may read everything.
 * @throws {Error} the server's error, with its SQLSTATE in `code`; from every method.
 */
export async function openSql(url: string): Promise<Sql> {
  const pool = new pg.Pool({ connectionString: url, max: 4, idleTimeoutMillis: 1_000 });
  pool.on('error', () => undefined); // an idle connection was cut: the next statement opens another
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    await pool.end();
    throw error;
  }

  const query = (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult<Record<string, unknown>>> =>
    pool.query(text, [...values]);
  const row: Sql['row'] = async (text, values) => {
    const { rows } = await query(text, values);
    const [first, ...others] = rows;
    if (first === undefined || others.length > 0) throw new Error(`expected one row, got ${String(rows.length)}: ${text}`);
    return first;
  };
  return {
    row,
    rows: async (text, values) => (await query(text, values)).rows,
    number: async (text, values) => {
      const columns = Object.values(await row(text, values));
      const value = Number(columns[0] ?? Number.NaN);
      if (columns.length !== 1 || !Number.isFinite(value)) throw new Error(`expected one number, got ${JSON.stringify(columns)}: ${text}`);
      return value;
    },
    execute: async (text, values) => (await query(text, values)).rowCount ?? 0,
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
