import { setTimeout as pause } from 'node:timers/promises';
import { classifyDatabaseError, inboxOn, outboxOn, type Inbox, type Outbox, type Sql, type WakeChannel } from '@tally/messaging';
import { idempotencyOn, type Idempotency } from './idempotency.ts';
import { instrument } from './instruments.ts';
import { sqlOf, type RawClient } from './prisma.ts';

/** What every unit of work has besides the subgraph's own stores. */
export interface Unit {
  readonly sql: Sql;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly idempotency: Idempotency;
}

/** What one run of a unit of work needs to know of it. */
export interface TransactOptions {
  /**
   * False: the unit has no guard of its own and would have its effect twice. It never runs again once its COMMIT was sent and not heard of. Default true.
   */
  readonly guarded?: boolean;
}

/**
 * Runs one unit of work in one READ COMMITTED transaction: all of it, or nothing. The unit may run again from its beginning after a conflict or a lost
 * connection (full jitter from 10 ms, at most 5 times within 2 s), so it has no effect outside its transaction and carries a guard of its own
 * (idempotency row, inbox row, fence or version), or says that it has none. After the commit the relay is woken if something was queued.
 *
 * @throws what the unit threw, and database errors that a repeat does not cure.
 */
export type Transact<Stores> = <Result>(work: (unit: Stores & Unit) => Promise<Result>, options?: TransactOptions) => Promise<Result>;

/** The part of a generated Prisma client that transactions need. */
export interface TransactionalClient<Tx extends RawClient> {
  $transaction<Result>(work: (tx: Tx) => Promise<Result>, options?: { maxWait?: number; timeout?: number }): Promise<Result>;
}

const retries = instrument((meter) =>
  meter.createCounter('db_retries_total', { description: 'units of work run again, by class of error' }),
);
const maxAttempts = 5;
const retryForMs = 2_000;
const firstPauseMs = 10;

/**
 * @param consumer name of the inbox of this subgraph's consumers.
 * @param stores makes the subgraph's own stores on an open transaction.
 */
export function createTransact<Tx extends RawClient, Stores extends object>(options: {
  readonly client: TransactionalClient<Tx>;
  readonly consumer: string;
  readonly stores: (tx: Tx, sql: Sql) => Stores;
  readonly wake?: Pick<WakeChannel, 'signal'>;
}): Transact<Stores> {
  const { client, consumer, stores, wake } = options;

  /** @param committing called when nothing is left but COMMIT. */
  async function once<Result>(work: (unit: Stores & Unit) => Promise<Result>, committing: () => void): Promise<Result> {
    let queued = 0;
    const result = await client.$transaction(
      async (tx) => {
        const sql = sqlOf(tx);
        const outbox = outboxOn(sql, (events) => {
          queued += events;
        });
        const done = await work({ ...stores(tx, sql), sql, outbox, inbox: inboxOn(sql, consumer), idempotency: idempotencyOn(sql) });
        committing();
        return done;
      },
      { maxWait: 2_000, timeout: 10_000 },
    );
    if (queued > 0) wake?.signal();
    return result;
  }

  return async (work, { guarded = true } = {}) => {
    const startedAt = performance.now();
    for (let attempt = 1; ; attempt++) {
      let inDoubt = false;
      try {
        return await once(work, () => (inDoubt = true));
      } catch (error) {
        const kind = classifyDatabaseError(error);
        const curable = kind === 'retry' || (kind === 'reconnect' && (guarded || !inDoubt));
        const pauseMs = Math.random() * firstPauseMs * 2 ** (attempt - 1);
        if (!curable || attempt >= maxAttempts || performance.now() - startedAt + pauseMs > retryForMs) throw error;
        retries().add(1, { class: kind });
        await pause(pauseMs);
      }
    }
  };
}
