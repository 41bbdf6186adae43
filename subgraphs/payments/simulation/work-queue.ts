import { newId } from '@tally/kernel';
import type { Session, Transaction } from '@tally/simulation';
import type { Queue, WorkQueue } from '../src/ports/work-queue.ts';
import { readClaimed, toWork, type ClaimedRows } from './claimed-work.ts';
import { later } from './moments.ts';
import { attempts, operations, type OperationRow } from './tables.ts';

/** The queue in memory. Every method is one statement and its own transaction. */
export function createWorkQueue(session: Session): WorkQueue {
  const alone = <Result>(statement: (transaction: Transaction, now: Date) => Promise<Result>): Promise<Result> =>
    session.transaction(async (transaction) => {
      await transaction.statement();
      return statement(transaction, transaction.statementAt);
    });

  return {
    async claim(queue, limit, leaseMs) {
      // Nothing in it waits: locked rows are passed over.
      const claimed = await alone((transaction, now) => Promise.resolve(claim(transaction, now, queue, limit, later(now, leaseMs))));
      return claimed.map(toWork);
    },
    takeOver: () =>
      alone(async (transaction, now) => {
        const held = transaction.rows(operations).filter((operation) => isHeld(operation, now));
        await lease(transaction, held, (operation) => isHeld(operation, now), now);
      }),
    async renew(held, leaseMs) {
      if (held.length === 0) return;
      const fences = new Map(held.map(({ operation, fence }) => [operation.id, fence]));
      await alone(async (transaction, now) => {
        const isOurs = (operation: OperationRow): boolean => operation.fence === fences.get(String(operation.id)) && isHeld(operation, now);
        const known = held.flatMap(({ operation }) => transaction.read(operations, operation.id) ?? []);
        await lease(transaction, known.filter(isOurs), isOurs, later(now, leaseMs));
      });
    },
    openAttempt: ({ operation, fence }, call) =>
      alone(async (transaction, at) => {
        const isMine = (row: OperationRow | undefined): row is OperationRow => row?.fence === fence && isHeld(row, at);
        const seen = transaction.read(operations, operation.id);
        if (!isMine(seen)) return null;
        const { paymentId } = seen;
        const past = transaction.rowsBy(attempts, 'payment', paymentId);
        if (!isMine(await transaction.lock(operations, operation.id))) return null;
        for (const { id, outcome } of past) {
          const open = outcome === 'STARTED' ? await transaction.lock(attempts, id) : undefined;
          if (open?.outcome === 'STARTED') transaction.put(attempts, { ...open, outcome: 'UNKNOWN', errorCode: 'INTERRUPTED' });
        }
        const number = 1 + past.reduce((most, attempt) => Math.max(most, attempt.number), 0);
        const nothingYet = { outcome: 'STARTED', providerRef: null, errorCode: null, latencyMs: null, at } as const;
        await transaction.insertNew(attempts, { id: newId('att'), paymentId, number, operation: call, ...nothingYet });
        return number;
      }),
  };
}

const isHeld = ({ leaseUntil }: OperationRow, now: Date): boolean => leaseUntil !== null && leaseUntil > now;

function claim(transaction: Transaction, now: Date, queue: Queue, limit: number, leaseUntil: Date): readonly ClaimedRows[] {
  const due = transaction
    .rowsBy(operations, 'queue', queue)
    .filter(
      (operation) =>
        operation.runAt <= now &&
        (operation.leaseUntil === null || operation.leaseUntil <= now) &&
        !transaction.rowsBy(operations, 'payment', operation.paymentId).some((other) => standsBefore(other, operation)),
    )
    .toSorted((left, right) => left.runAt.getTime() - right.runAt.getTime() || left.id - right.id);
  const claimed: { readonly operation: OperationRow; readonly wasHeld: boolean }[] = [];
  for (const { id } of due) {
    if (claimed.length === limit) break;
    const found = transaction.tryLock(operations, String(id))?.row;
    if (found === undefined) continue;
    const operation = { ...found, fence: found.fence + 1, leaseUntil };
    transaction.put(operations, operation);
    claimed.push({ operation, wasHeld: found.leaseUntil !== null });
  }
  return claimed.map(({ operation, wasHeld }) => readClaimed(transaction, operation, now, wasHeld));
}

/** Of each payment only the first open operation, and none while another one is held. */
const standsBefore = (other: OperationRow, operation: OperationRow): boolean =>
  other.state !== 'DONE' && other.id !== operation.id && (other.id < operation.id || other.leaseUntil !== null);

/** As an UPDATE: rows that no longer match once they are locked stay as they are. */
async function lease(
  transaction: Transaction,
  rows: readonly OperationRow[],
  matches: (row: OperationRow) => boolean,
  leaseUntil: Date,
): Promise<void> {
  for (const { id } of rows) {
    const operation = await transaction.lock(operations, String(id));
    if (operation !== undefined && matches(operation)) transaction.put(operations, { ...operation, leaseUntil });
  }
}
