import { classifyDatabaseError, type Sql } from '@tally/messaging';
import type { Transact, Unit } from '@tally/subgraph-kit';
import type { Transaction } from '../database/transaction.ts';
import type { SimulatedProcess } from '../simulated-app.ts';
import { idempotencyOn } from './idempotency.ts';
import { inboxOn } from './inbox.ts';
import { outboxOn } from './outbox.ts';

const maxAttempts = 5;
const retryForMs = 2_000;

const refuses = (): never => {
  throw new Error('there is no SQL in a memory database: whoever needs it has no adapter for simulations yet');
};
const noSql: Sql = { rows: refuses, count: refuses };

/**
 * Units of work on a memory database, repeated where `createTransact` of @tally/subgraph-kit repeats them: after conflicts and lost connections, at
 * most 5 times within 2 s. The pause before a repeat is one turn of the process.
 *
 * @param options.consumer name of the inbox of this app's consumers.
 * @param options.stores makes the app's own stores on an open transaction.
 * @param options.onQueued called after a commit that put events into the outbox, besides `process.queued`.
 * @throws what the unit threw, and database errors that a repeat does not cure.
 */
export function createMemoryTransact<Stores extends object>(options: {
  readonly process: Pick<SimulatedProcess, 'session' | 'turn' | 'monotonicMs' | 'queued'>;
  readonly consumer: string;
  readonly stores: (transaction: Transaction) => Stores;
  readonly onQueued?: () => void;
}): Transact<Stores> {
  const { process, consumer, stores, onQueued } = options;

  async function once<Result>(work: (unit: Stores & Unit) => Promise<Result>): Promise<Result> {
    let queued = 0;
    const result = await process.session.transaction((transaction) => {
      const outbox = outboxOn(transaction, (events) => {
        queued += events;
      });
      const inbox = inboxOn(transaction, consumer);
      return work({ ...stores(transaction), sql: noSql, outbox, inbox, idempotency: idempotencyOn(transaction) });
    });
    if (queued > 0) {
      process.queued?.();
      onQueued?.();
    }
    return result;
  }

  return async (work) => {
    const startedAt = process.monotonicMs();
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(work);
      } catch (error) {
        const kind = classifyDatabaseError(error);
        const curable = kind === 'retry' || kind === 'reconnect';
        if (!curable || attempt >= maxAttempts || process.monotonicMs() - startedAt > retryForMs) throw error;
        await process.turn();
      }
    }
  };
}
