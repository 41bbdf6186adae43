import type { Inbox, Outbox, OutboxRows } from '@tally/messaging';
import type { Idempotency } from '@tally/subgraph-kit';

/** The messaging ports on one open transaction; the inbox is that of the consumer `tested`. */
export interface Ports {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
}

/** A row of the outbox as both adapters keep it, in the order of its ids. */
export interface WrittenEvent {
  readonly topic: string;
  readonly key: string;
  readonly sequence: number;
  readonly type: string;
  readonly payload: string;
  readonly attempts: number;
  readonly isPublished: boolean;
}

/** A database with the messaging tables and no rows. */
export interface MessagingWorld extends AsyncDisposable {
  /** Runs work in a transaction of its own. */
  transact<Result>(work: (ports: Ports) => Promise<Result>): Promise<Result>;
  /** Has somebody else park an event of `tested`. */
  parkInInbox(eventId: Parameters<Inbox['firstSight']>[0]): Promise<void>;
  /** What its relay sees. */
  readonly relayed: OutboxRows;
  outboxRows(): Promise<readonly WrittenEvent[]>;
  /** Resolves once so many transactions wait for a lock. */
  somebodyWaits(count?: number): Promise<void>;
}

/** A transaction that stays open, once `open` has resolved, until it is told how to end. */
export function held(world: MessagingWorld, work: (ports: Ports) => Promise<unknown>) {
  const open = Promise.withResolvers<undefined>();
  const end = Promise.withResolvers<undefined>();
  const done = world.transact(async (ports) => {
    await work(ports);
    open.resolve(undefined);
    await end.promise;
  });
  done.catch((error: unknown) => open.reject(error));
  return {
    open: open.promise,
    commit: async () => {
      end.resolve(undefined);
      await done;
    },
    rollBack: async () => {
      end.reject(new Error('rolled back'));
      await done.catch(() => undefined);
    },
  };
}
