import type { Session, Table, Transaction } from '@tally/simulation';

/** Runs what is one statement outside of any transaction. */
export function statementOn<Result>(session: Session, work: (transaction: Transaction) => Result | Promise<Result>): Promise<Result> {
  return session.transaction(async (transaction) => {
    await transaction.statement();
    return work(transaction);
  });
}

/**
 * As `INSERT … ON CONFLICT (primary key) DO UPDATE`, inside a statement.
 *
 * @param change of the row that is there already; `null` leaves it.
 * @returns the row as written, or `null` when it was left.
 */
export async function insertOrChange<Row>(
  transaction: Transaction,
  table: Table<Row>,
  fresh: Row,
  change: (there: Row) => Row | null,
): Promise<Row | null> {
  while (!(await transaction.insert(table, fresh))) {
    const there = await transaction.lock(table, table.key(fresh));
    // Somebody removed it meanwhile: the insert is tried again.
    if (there === undefined) continue;
    const changed = change(there);
    if (changed !== null) transaction.put(table, changed);
    return changed;
  }
  return fresh;
}
