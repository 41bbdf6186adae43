import type { DeliveredRecord, EventLog, FeedState, FollowOptions, LogRecord } from '@tally/messaging';

/** An event log whose feeds hear what a test says, when it says so: for orders of events that a real log shows once in a thousand runs. */
export interface ForcedLog {
  readonly log: EventLog;
  deliver(...records: readonly LogRecord[]): void;
  tell(state: FeedState, continuous: boolean): void;
  /** Topics of each feed that was ever started. */
  readonly followed: readonly (readonly string[])[];
}

/** @param state in which feeds begin. */
export function createForcedLog(state: FeedState = 'following'): ForcedLog {
  const feeds = new Set<FollowOptions>();
  const followed: (readonly string[])[] = [];
  let now = state;
  const refused = (): Promise<never> => Promise.reject(new Error('this log only has feeds'));
  return {
    followed,
    deliver(...records) {
      for (const [at, record] of records.entries()) {
        const delivered: DeliveredRecord = { ...record, partition: 0, position: String(at) };
        for (const { topics, onRecord } of feeds) if (topics.includes(record.topic)) onRecord(delivered);
      }
    },
    tell(next, continuous) {
      now = next;
      for (const { onState } of feeds) onState?.(next, continuous);
    },
    log: {
      append: () => Promise.resolve(),
      subscribe: refused,
      lag: refused,
      follow(options) {
        feeds.add(options);
        followed.push(options.topics);
        if (now === 'following') options.onState?.('following', true);
        return Promise.resolve({
          get state() {
            return now;
          },
          following: now === 'following' ? Promise.resolve() : new Promise<void>(() => undefined),
          [Symbol.asyncDispose]() {
            feeds.delete(options);
            return Promise.resolve();
          },
        });
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
}
