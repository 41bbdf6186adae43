import type { Queryable } from './database.ts';

/** The answer that a key has got, byte for byte. */
export interface RecordedAnswer {
  readonly status: number;
  readonly body: string;
}

/** Whose key it is: this call's from now on, or an earlier one's with its answer. */
export type Claim = { readonly kind: 'new' } | { readonly kind: 'known'; readonly fingerprint: string; readonly answer: RecordedAnswer };

/**
 * Claims a key for the transaction. A second call waits here until the first has committed, and then finds its answer; if the first rolled back,
 * the second claims the key.
 */
export async function claimKey(tx: Queryable, key: string, fingerprint: string): Promise<Claim> {
  const { rowCount } = await tx.query('INSERT INTO idempotency_key (key, fingerprint) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    key,
    fingerprint,
  ]);
  if (rowCount === 1) return { kind: 'new' };
  const { rows } = await tx.query<{ fingerprint: string; answer_status: number | null; answer_body: string | null }>(
    'SELECT fingerprint, answer_status, answer_body FROM idempotency_key WHERE key = $1',
    [key],
  );
  const [row] = rows;
  if (row?.answer_status == null || row.answer_body === null) throw new Error(`key ${key} was committed without its answer`);
  return { kind: 'known', fingerprint: row.fingerprint, answer: { status: row.answer_status, body: row.answer_body } };
}

/** Records what the key's call was answered, in the transaction that claimed it. */
export async function recordAnswer(tx: Queryable, key: string, authorisation: string, { status, body }: RecordedAnswer): Promise<void> {
  await tx.query('UPDATE idempotency_key SET authorisation_id = $2, answer_status = $3, answer_body = $4 WHERE key = $1', [
    key,
    authorisation,
    status,
    body,
  ]);
}

/** Whether a call under this key has had its effect. */
export async function isKnownKey(db: Queryable, key: string): Promise<boolean> {
  return (await db.query('SELECT FROM idempotency_key WHERE key = $1', [key])).rowCount === 1;
}
