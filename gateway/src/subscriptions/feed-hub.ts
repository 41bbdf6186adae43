import type { DeliveredRecord, EventLog, Feed } from '@tally/messaging';
import type { Logger } from '@tally/runtime';

/** The one reader of the event log in this process, for all streams. */
export interface FeedHub extends AsyncDisposable {
  /** Whether what happens from now on arrives. */
  readonly following: boolean;
  /** Also reads these topics; those it reads already are left alone. Resolves once it follows them, or after `patienceMs`. */
  follow(topics: Iterable<string>, patienceMs: number): Promise<void>;
}

/** A graph, or a gateway, without events. */
export const noFeed: FeedHub = {
  following: false,
  follow: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** @param options.onMissed records may be missing between what came and what comes. */
export function createFeedHub(options: {
  readonly eventLog: EventLog;
  readonly logger: Logger;
  readonly onRecord: (record: DeliveredRecord) => void;
  readonly onMissed: () => void;
}): FeedHub {
  const { eventLog, logger, onRecord, onMissed } = options;
  const followed = new Set<string>();
  // One, and another for topics that a later generation has brought.
  const feeds: Feed[] = [];

  async function start(topics: readonly string[]): Promise<Feed> {
    let before = false;
    const feed = await eventLog.follow({
      topics,
      from: 'now',
      onRecord(record) {
        try {
          onRecord(record);
        } catch (error) {
          logger.error({ err: error, topic: record.topic, type: record.type }, 'an event could not be passed on');
        }
      },
      onState(state, continuous) {
        if (state === 'following') logger.info({ topics, continuous }, 'following the event log');
        else logger.warn({ topics }, 'the event log is away');
        if (before && !continuous) onMissed();
        before ||= state === 'following';
      },
    });
    feeds.push(feed);
    return feed;
  }

  return {
    get following() {
      return feeds.length > 0 && feeds.every(({ state }) => state === 'following');
    },
    async follow(topics, patienceMs) {
      const more = [...new Set(topics)].filter((topic) => !followed.has(topic));
      if (more.length === 0) return;
      for (const topic of more) followed.add(topic);
      const { following } = await start(more);
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, patienceMs);
      await Promise.race([following.catch(() => undefined), late]);
      clearTimeout(timer);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(feeds.splice(0).map((feed) => feed[Symbol.asyncDispose]()));
    },
  };
}
