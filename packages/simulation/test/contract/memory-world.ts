import { eventually } from '@tally/testkit';
import {
  createMemoryDatabase,
  idempotencyOn,
  inboxOn,
  inboxTable,
  outboxOn,
  outboxRowsOn,
  outboxTable,
  type MemoryDatabase,
  type Timer,
} from '../../src/index.ts';
import type { MessagingWorld } from './messaging-world.ts';

/** The ports in memory, in the time of the system. */
export function memoryWorld(database: MemoryDatabase = createMemoryDatabase()): MessagingWorld {
  let waiting = 0;
  const timer: Timer = (milliseconds, act) => {
    waiting += 1;
    const patience = setTimeout(act, milliseconds);
    return () => {
      waiting -= 1;
      clearTimeout(patience);
    };
  };
  const session = database.session({ timer });
  return {
    transact: (work) =>
      session.transaction((open) => work({ inbox: inboxOn(open, 'tested'), outbox: outboxOn(open), idempotency: idempotencyOn(open) })),
    parkInInbox: (eventId) =>
      session.transaction((open) => open.insertNew(inboxTable, { consumer: 'tested', eventId, state: 'PARKED', seenAt: open.startedAt })),
    relayed: outboxRowsOn(session),
    outboxRows: () =>
      Promise.resolve(
        database
          .committed(outboxTable)
          .toSorted((one, other) => one.id - other.id)
          .map(({ topic, key, sequence, type, payload, attempts, publishedAt }) => ({
            ...{ topic, key, sequence, type, payload, attempts },
            isPublished: publishedAt !== null,
          })),
      ),
    async somebodyWaits(count = 1) {
      await eventually(() => waiting === count);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
