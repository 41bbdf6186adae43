import type { DeliveredRecord, EventLog, Feed, FeedState, FollowOptions } from '../../src/index.ts';
import { nameOf } from './group-probe.ts';

/** Watches what a feed delivers and tells. */
export interface FeedProbe extends AsyncDisposable {
  readonly feed: Feed;
  /** Every record, in order, repeats included. */
  readonly seen: readonly DeliveredRecord[];
  /** `state`, with ` holed` where records may be missing, and `key:sequence` of the records between. */
  readonly told: readonly string[];
  /** The sequences of a key, in order. */
  sequencesOf(key: string): readonly number[];
}

/** Follows topics on a log. */
export async function startFeedProbe(
  log: EventLog,
  options: Pick<FollowOptions, 'topics' | 'from'> & { readonly onRecord?: FollowOptions['onRecord'] },
): Promise<FeedProbe> {
  const seen: DeliveredRecord[] = [];
  const told: string[] = [];
  const feed = await log.follow({
    topics: options.topics,
    from: options.from,
    onRecord(record) {
      seen.push(record);
      told.push(nameOf(record));
      options.onRecord?.(record);
    },
    onState: (state: FeedState, continuous) => told.push(continuous ? state : `${state} holed`),
  });
  return {
    feed,
    seen,
    told,
    sequencesOf: (key) => seen.filter((record) => record.key === key).map(({ sequence }) => sequence),
    [Symbol.asyncDispose]: () => Promise.resolve(feed[Symbol.asyncDispose]()),
  };
}
