import { classifyDatabaseError } from '@tally/messaging';
import { IdempotencyInProgressError, type Idempotency, type RecordedResult } from '@tally/subgraph-kit';
import type { Transaction } from '../database/transaction.ts';
import { claimKey, idempotencyTable } from './tables.ts';

/** Milliseconds that a claim waits for another request with its key. */
const patienceMs = 450;

/** Idempotency keys on an open transaction of a memory database. Held to those on PostgreSQL by one contract suite. */
export function idempotencyOn(transaction: Transaction): Idempotency {
  async function find(scope: string, operation: string, key: string): Promise<RecordedResult | null> {
    await transaction.statement();
    const row = transaction.read(idempotencyTable, claimKey(scope, operation, key));
    return row === undefined ? null : { fingerprint: row.fingerprint, result: row.result };
  }
  return {
    find,
    async claim(scope, operation, key, fingerprint, result = null) {
      await transaction.statement();
      const row = { scope, operation, key, fingerprint, result: asStored(result), createdAt: transaction.startedAt };
      try {
        if (await transaction.waitingAtMost(patienceMs, () => transaction.insert(idempotencyTable, row))) return 'claimed';
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
      await transaction.statement();
      const row = await transaction.lock(idempotencyTable, claimKey(scope, operation, key));
      if (row === undefined) throw new Error(`no ${operation} is claimed under this key: claim comes first, in the same transaction`);
      transaction.put(idempotencyTable, { ...row, result: asStored(result) });
    },
  };
}

/** What a column of JSON gives back. */
const asStored = (result: unknown): unknown => JSON.parse(JSON.stringify(result)) as unknown;
