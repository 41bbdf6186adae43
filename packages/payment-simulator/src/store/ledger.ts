import type { Fact, LedgerOperation, Status } from '../domain/authorisation.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { Database, Queryable } from './database.ts';

interface Row {
  readonly id: string;
  readonly operation: LedgerOperation;
  readonly order_ref: string;
  readonly authorisation_id: string | null;
  readonly key: string | null;
  readonly amount: string;
  readonly currency: string;
  readonly outcome: LedgerEntry['outcome'];
  readonly reason: LedgerEntry['reason'];
  readonly behaviour: string | null;
  readonly status: Status | null;
  readonly at: Date;
}

const columns = 'id, operation, order_ref, authorisation_id, key, amount, currency, outcome, reason, behaviour, status, at';

/** What a new row says besides its facts. */
export interface Circumstances {
  readonly order: string;
  readonly authorisation: string | null;
  readonly key: string | null;
  readonly behaviour: string | null;
}

/** A call that arrived and was left without effect. */
export interface NotDone extends Circumstances {
  readonly operation: LedgerOperation;
  readonly amount: number;
  readonly currency: string;
  readonly status: Status | null;
}

/** Adds facts in their order and gives them back as they stand in the ledger. */
export async function appendFacts(tx: Queryable, facts: readonly Fact[], circumstances: Circumstances): Promise<readonly LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (const fact of facts) entries.push(await append(tx, { ...fact, ...circumstances }));
  return entries;
}

/** Adds one call that was not done. */
export async function appendNotDone(db: Queryable, call: NotDone): Promise<void> {
  await append(db, { ...call, outcome: 'not_done', reason: null });
}

/** All rows of some authorisations, oldest first. */
export async function findEntries(db: Queryable, authorisations: readonly string[]): Promise<readonly LedgerEntry[]> {
  const { rows } = await db.query<Row>(`SELECT ${columns} FROM ledger WHERE authorisation_id = ANY($1) ORDER BY id`, [authorisations]);
  return rows.map(toEntry);
}

/**
 * One page of the ledger, oldest first. Numbers are given at insert and rows appear at commit, so reading past a number whose row is still open
 * would miss it for ever: the lock waits for the writers under way, and everything numbered so far is then visible.
 *
 * @param limit 1 to 1,000 rows.
 */
export async function readLedger(db: Database, order: string | null, after: number, limit: number): Promise<readonly LedgerEntry[]> {
  return db.transact(async (tx) => {
    await tx.query('LOCK TABLE ledger IN SHARE MODE');
    const { rows } = await tx.query<Row>(
      `SELECT ${columns} FROM ledger WHERE id > $1 AND ($2::text IS NULL OR order_ref = $2) ORDER BY id LIMIT $3`,
      [after, order, limit],
    );
    return rows.map(toEntry);
  });
}

async function append(db: Queryable, entry: Omit<LedgerEntry, 'id' | 'at'>): Promise<LedgerEntry> {
  const { rows } = await db.query<{ id: string; at: Date }>(
    `INSERT INTO ledger (operation, order_ref, authorisation_id, key, amount, currency, outcome, reason, behaviour, status)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id, at`,
    [
      entry.operation,
      entry.order,
      entry.authorisation,
      entry.key,
      entry.amount,
      entry.currency,
      entry.outcome,
      entry.reason,
      entry.behaviour,
      entry.status,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the ledger gave no number');
  return { ...entry, id: Number(row.id), at: row.at.toISOString() };
}

const toEntry = (row: Row): LedgerEntry => ({
  id: Number(row.id),
  operation: row.operation,
  order: row.order_ref,
  authorisation: row.authorisation_id,
  key: row.key,
  amount: Number(row.amount),
  currency: row.currency,
  outcome: row.outcome,
  reason: row.reason,
  behaviour: row.behaviour,
  status: row.status,
  at: row.at.toISOString(),
});
