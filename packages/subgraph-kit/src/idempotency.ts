import { classifyDatabaseError, type Sql } from '@tally/messaging';

/** What an earlier request with the same key left: ids and user errors, never rendered fields. */
export interface RecordedResult {
  readonly fingerprint: string;
  readonly result: unknown;
}

/** Keys of one subgraph, on an open transaction (docs/reliability.md, idempotency). `scope` is the user's id, so that a leaked key shows nobody else's result. */
export interface Idempotency {
  /** What the key stands for, or `null` while it is free. Look it up before anything is validated or priced. */
  find(scope: string, operation: string, key: string): Promise<RecordedResult | null>;
  /**
   * Takes the key: must be the first write of the transaction that creates what the key stands for. Waits up to 450 ms for another request that
   * holds it; if that one rolls back, this one has the key. Afterwards the transaction waits for locks as long as before.
   *
   * @param result ids and user errors, where they are known already; else `record` states them later in the same transaction.
   * @returns `claimed`, or what the other request recorded meanwhile.
   * @throws {IdempotencyInProgressError} the other request is still open.
   */
  claim(scope: string, operation: string, key: string, fingerprint: string, result?: unknown): Promise<'claimed' | RecordedResult>;
  /** States the result of a claimed key, in the same transaction. @throws {Error} it was not claimed: a bug. */
  record(scope: string, operation: string, key: string, result: unknown): Promise<void>;
}

/** Another request with this key is under way. Retryable by the client after a moment. */
export class IdempotencyInProgressError extends Error {
  override readonly name = 'IdempotencyInProgressError';
  readonly retryable = true;
  readonly retryAfterMs = 500;
}

/** 1 to 255 printable ASCII characters, or `null`. */
export const parseIdempotencyKey = (text: unknown): string | null =>
  typeof text === 'string' && /^[\x20-\x7e]{1,255}$/.test(text) ? text : null;

const select = 'SELECT fingerprint, result FROM idempotency WHERE scope = $1 AND operation = $2 AND key = $3';

// One statement: the row source sets the limit before the insert can wait, and what counts the inserted rows lifts it after it has.
const insert = `WITH patience AS MATERIALIZED (
  SELECT current_setting('lock_timeout') AS usual, set_config('lock_timeout', '450ms', true) AS short
), claimed AS (
  INSERT INTO idempotency (scope, operation, key, fingerprint, result) SELECT $1, $2, $3, $4, $5::jsonb FROM patience
  ON CONFLICT (scope, operation, key) DO NOTHING RETURNING 1
)
SELECT count(*)::int AS claimed, set_config('lock_timeout', (SELECT usual FROM patience), true) AS lifted FROM claimed`;

const update = 'UPDATE idempotency SET result = $4::jsonb WHERE scope = $1 AND operation = $2 AND key = $3';

/** Idempotency keys on a transaction. */
export function idempotencyOn(sql: Sql): Idempotency {
  async function find(scope: string, operation: string, key: string): Promise<RecordedResult | null> {
    const [row] = await sql.rows<RecordedResult>(select, [scope, operation, key]);
    return row ?? null;
  }
  return {
    find,
    async claim(scope, operation, key, fingerprint, result = null) {
      try {
        const [row] = await sql.rows<{ claimed: number }>(insert, [scope, operation, key, fingerprint, JSON.stringify(result)]);
        if (row?.claimed === 1) return 'claimed';
      } catch (cause) {
        if (classifyDatabaseError(cause) === 'busy')
          throw new IdempotencyInProgressError('a request with this key is under way', { cause });
        throw cause;
      }
      const recorded = await find(scope, operation, key);
      if (recorded === null) throw new IdempotencyInProgressError('a request with this key has just ended without a result');
      return recorded;
    },
    async record(scope, operation, key, result) {
      const recorded = await sql.count(update, [scope, operation, key, JSON.stringify(result)]);
      if (recorded !== 1) throw new Error(`no ${operation} is claimed under this key: claim comes first, in the same transaction`);
    },
  };
}
