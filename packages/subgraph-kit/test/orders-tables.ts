import { cloneDatabase, openSql, type ClonedDatabase, type Sql } from '@tally/testkit';
import { aDriverClient, type DriverClient } from './driver-client.ts';

/** The tables of a subgraph (orders stands for any) with a table of two numbers, and a client as its app role. */
export interface OrdersTables extends AsyncDisposable {
  readonly database: ClonedDatabase;
  readonly admin: Sql;
  readonly client: DriverClient;
  /** Everything that the client's pool sent. */
  readonly statements: string[];
  readonly idleErrors: Error[];
  /** Ends the server's side of connections that stand at this statement, or of all when none is named. @returns how many. */
  terminate(where?: string): Promise<number>;
}

export async function theOrdersTables(
  options: {
    readonly maxConnections?: number;
    readonly through?: (url: string) => string;
    readonly onStatement?: (text: string) => void;
  } = {},
): Promise<OrdersTables> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await cloneDatabase());
  const admin = stack.use(await openSql(database.adminUrl));
  await admin.rows('CREATE TABLE orders.number (id int PRIMARY KEY, value int NOT NULL)');
  await admin.rows('INSERT INTO orders.number VALUES (1, 0), (2, 0)');
  await admin.rows('GRANT ALL ON orders.number TO orders');
  const statements: string[] = [];
  const idleErrors: Error[] = [];
  const client = stack.use(
    await aDriverClient({
      url: options.through?.(database.urls.orders.app) ?? database.urls.orders.app,
      schema: 'orders',
      maxConnections: options.maxConnections ?? 10,
      onStatement(text) {
        statements.push(text);
        options.onStatement?.(text);
      },
      onIdleError: (error) => idleErrors.push(error),
    }),
  );
  const owned = stack.move();
  return {
    database,
    admin,
    client,
    statements,
    idleErrors,
    terminate: async (where = 'true') =>
      (
        await admin.rows(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'orders' AND datname = current_database() AND ${where}`,
        )
      ).length,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
