import type { Session } from '@tally/simulation';
import type { DueSagas } from '../src/ports/sagas-store.ts';
import { statementOn } from './statements.ts';
import { ordersTables, type SagaRow } from './tables.ts';

const { sagas } = ordersTables;
const failuresBeforeAttention = 9;
const longestPauseSeconds = 300;

/** What the sweeper sees and does outside of transactions. */
export function createDueSagas(session: Session): DueSagas {
  return {
    list: (limit) =>
      statementOn(session, (transaction) =>
        transaction
          .rowsBy(sagas, 'wake', 'waits')
          .flatMap(({ orderId, wakeAt }) => (wakeAt !== null && wakeAt <= transaction.startedAt ? [{ orderId, wakeAt }] : []))
          .toSorted((a, b) => a.wakeAt.getTime() - b.wakeAt.getTime())
          .slice(0, limit)
          .map(({ orderId }) => orderId),
      ),
    postpone: (orderId, why) =>
      statementOn(session, async (transaction) => {
        // A saga that has moved on meanwhile has a time of its own.
        const isDue = (saga: SagaRow | undefined): boolean => saga?.wakeAt != null && saga.wakeAt <= transaction.startedAt;
        if (!isDue(transaction.read(sagas, orderId))) return;
        const row = await transaction.lock(sagas, orderId);
        if (row === undefined || !isDue(row)) return;
        const isLast = row.attempts >= failuresBeforeAttention;
        const pauseMs = Math.min(2 ** row.attempts, longestPauseSeconds) * 1_000;
        transaction.put(sagas, {
          ...row,
          attempts: row.attempts + 1,
          wakeAt: isLast ? null : new Date(transaction.startedAt.getTime() + pauseMs),
          needsAttention: row.needsAttention || isLast,
          attention: isLast ? (row.attention ?? why) : row.attention,
        });
      }),
  };
}
