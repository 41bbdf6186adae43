/**
 * A connection, pool or open transaction that runs PostgreSQL text with `$n` parameters. Inbox, outbox and parking run on the *caller's* transaction
 * through it, whichever client that transaction belongs to.
 */
export interface Sql {
  /** Rows in the order of the statement. @throws a database error; `classifyDatabaseError` says whether it is retryable. */
  rows<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Number of rows that the statement changed. @throws as `rows`. */
  count(text: string, values?: readonly unknown[]): Promise<number>;
}
