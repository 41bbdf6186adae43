import type { Authorisation, Status } from '../domain/authorisation.ts';
import type { AuthorisationView } from '../domain/ledger.ts';
import type { Queryable } from './database.ts';

/** What enquiries see for a while instead of the truth; a null view is nothing at all. */
export interface Stale {
  readonly forMs: number;
  readonly view: AuthorisationView | null;
}

/** An authorisation as an enquiry may see it. */
export interface Visible {
  readonly authorisation: Authorisation;
  /** `undefined` when the truth may be shown. */
  readonly instead: AuthorisationView | null | undefined;
}

interface Row {
  readonly id: string;
  readonly order_ref: string;
  readonly amount: string;
  readonly currency: string;
  readonly token: string;
  readonly status: Status;
  readonly capture_at_once: boolean;
  readonly captured: string;
  readonly refunded: string;
}

const columns = 'id, order_ref, amount, currency, token, status, capture_at_once, captured, refunded';

/** Writes a new authorisation. */
export async function insertAuthorisation(tx: Queryable, a: Authorisation, stale: Stale | null): Promise<void> {
  await tx.query(
    `INSERT INTO authorisation (${columns}, stale_until, stale_view)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + $10::float8 * interval '1 ms', $11)`,
    [a.id, a.order, a.amount, a.currency, a.token, a.status, a.captureAtOnce, a.captured, a.refunded, ...toStaleColumns(stale)],
  );
}

/** Reads an authorisation without waiting for anybody. */
export async function findAuthorisation(db: Queryable, id: string): Promise<Authorisation | null> {
  const { rows } = await db.query<Row>(`SELECT ${columns} FROM authorisation WHERE id = $1`, [id]);
  return rows[0] === undefined ? null : toAuthorisation(rows[0]);
}

/** Reads an authorisation and keeps everybody else from changing it until the transaction ends. Authorisations are never deleted. */
export async function lockAuthorisation(tx: Queryable, id: string): Promise<Authorisation> {
  const { rows } = await tx.query<Row>(`SELECT ${columns} FROM authorisation WHERE id = $1 FOR NO KEY UPDATE`, [id]);
  if (rows[0] === undefined) throw new Error(`authorisation ${id} is gone`);
  return toAuthorisation(rows[0]);
}

/** Writes the new state, guarded by the old one: the lock makes a miss impossible, the guard makes a missing lock harmless. */
export async function replaceAuthorisation(tx: Queryable, before: Authorisation, after: Authorisation, stale: Stale | null): Promise<void> {
  const { rowCount } = await tx.query(
    `UPDATE authorisation SET status = $2, captured = $3, refunded = $4,
            stale_until = coalesce(now() + $5::float8 * interval '1 ms', stale_until), stale_view = CASE WHEN $5 IS NULL THEN stale_view ELSE $6::json END
      WHERE id = $1 AND status = $7 AND captured = $8 AND refunded = $9`,
    [before.id, after.status, after.captured, after.refunded, ...toStaleColumns(stale), before.status, before.captured, before.refunded],
  );
  if (rowCount !== 1) throw new Error(`authorisation ${before.id} changed under its lock`);
}

/** What enquiries by id, key or order may see now, oldest first. */
export async function findVisible(db: Queryable, by: 'id' | 'key' | 'order', value: string): Promise<readonly Visible[]> {
  const predicate = {
    id: 'id = $1',
    key: 'id = (SELECT authorisation_id FROM idempotency_key WHERE key = $1)',
    order: 'order_ref = $1',
  }[by];
  const { rows } = await db.query<Row & { is_stale: boolean; stale_view: AuthorisationView | null }>(
    `SELECT ${columns}, stale_until IS NOT NULL AND stale_until > now() AS is_stale, stale_view FROM authorisation WHERE ${predicate} ORDER BY created_at, id`,
    [value],
  );
  return rows.map((row) => ({ authorisation: toAuthorisation(row), instead: row.is_stale ? row.stale_view : undefined }));
}

const toStaleColumns = (stale: Stale | null): readonly unknown[] => [
  stale === null ? null : stale.forMs,
  stale === null || stale.view === null ? null : JSON.stringify(stale.view),
];

const toAuthorisation = (row: Row): Authorisation => ({
  id: row.id,
  order: row.order_ref,
  amount: Number(row.amount),
  currency: row.currency,
  token: row.token,
  captureAtOnce: row.capture_at_once,
  status: row.status,
  captured: Number(row.captured),
  refunded: Number(row.refunded),
});
