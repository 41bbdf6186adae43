import pg from 'pg';

/** Something SQL can be sent to: the pool, or one transaction of it. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly rowCount: number | null }>;
}

/** The simulator's tables. */
export interface Database extends Queryable, AsyncDisposable {
  /** Runs the work in one transaction (READ COMMITTED); whatever it throws rolls everything back. */
  transact<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
}

/**
 * Opens a pool of at most ten connections; the first is made by the first statement. Losing an idle one is told to `onLost` and harmless; a transaction
 * that loses its own fails at its next statement.
 */
export function openDatabase(url: string, onLost: (error: Error) => void): Database {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 2_000, options: '-c search_path=simulator' });
  // A connection that dies while a transaction holds it between statements tells only its own listeners; without one the process would end.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', onLost);
  return {
    query: (text, values = []) => pool.query(prepared(text, values)),
    async transact(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const result = await work({ query: (text, values = []) => client.query(prepared(text, values)) });
        await client.query('COMMIT');
        client.release();
        return result;
      } catch (error) {
        // A connection that cannot even roll back is thrown away with its transaction.
        await client.query('ROLLBACK').then(
          () => client.release(),
          (lost: Error) => client.release(lost),
        );
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

const names = new Map<string, string>();

/** A statement that each connection parses once: the texts are constants of the code, so there are few. */
function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
  const name = names.get(text) ?? `simulator_${String(names.size)}`;
  names.set(text, name);
  return { name, text, values: [...values] };
}
