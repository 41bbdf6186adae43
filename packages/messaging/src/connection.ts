import pg from 'pg';
import type { Sql } from './sql.ts';

/** How long a connection may take to come up, and an answer to arrive, before it counts as lost; milliseconds. App roles stop statements after 5 s. */
const connectTimeoutMs = 5000;
const answerTimeoutMs = 8000;

const settings = (databaseUrl: string, name: string): pg.ClientConfig => ({
  connectionString: databaseUrl,
  application_name: name,
  keepAlive: true,
  connectionTimeoutMillis: connectTimeoutMs,
  query_timeout: answerTimeoutMs,
});

/** The URL with further settings of the session, for example `-c jit=off`. */
export function withSessionSettings(databaseUrl: string, options: string): string {
  const url = new URL(databaseUrl);
  const given = url.searchParams.get('options');
  url.searchParams.set('options', given === null ? options : `${given} ${options}`);
  return url.href;
}

/**
 * One connection of its own, never from a pool: session locks and LISTEN belong to it.
 *
 * @throws the database cannot be reached; retryable.
 */
export async function openConnection(databaseUrl: string, name: string): Promise<pg.Client> {
  const client = new pg.Client(settings(databaseUrl, name));
  // A connection that dies between statements says so here and nowhere else; the next statement fails and is what callers act on.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
  return client;
}

/** Ends a connection without waiting for a peer that may be gone. */
export async function closeConnection(client: pg.Client, patienceMs = 1000): Promise<void> {
  const ended = client.end().catch(() => undefined);
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())]);
}

/** A pool whose connections are made on demand. A connection on which a statement failed is not used again. */
export function openPool(databaseUrl: string, name: string, max: number): pg.Pool {
  const pool = new pg.Pool({ ...settings(databaseUrl, name), max, idleTimeoutMillis: 60_000, allowExitOnIdle: true });
  // A connection that dies while somebody holds it between statements tells only its own listeners; without one the process would end.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  return pool;
}

/** `Sql` on a connection or pool of `pg`. */
export function sqlOnPg(client: Pick<pg.Pool, 'query'> | Pick<pg.ClientBase, 'query'>): Sql {
  return {
    async rows<Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
      return (await client.query<Row>(text, [...values])).rows;
    },
    async count(text, values = []) {
      return (await client.query(text, [...values])).rowCount ?? 0;
    },
  };
}

/** Runs `work` in one transaction on a connection of the pool. @throws what `work` or COMMIT throws; nothing is kept then. */
export async function inTransaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | boolean = true;
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
