import type pg from 'pg';
import type { DeliveredRecord, Feed, FeedState, FollowOptions } from '../event-log.ts';
import type { Logger } from '../logger.ts';
import type { WakeChannel } from '../wake-channel.ts';
import { createBell, jitteredPauseMs, pause, settlesWithin } from '../waiting.ts';
import { parseSubject } from './appended.ts';
import { createFollowed, findStartingPoints, type FollowedPartition } from './followed.ts';
import { keyOf } from './held-partition.ts';
import { firstLimit, nextLimit, readHeads, readPartitions } from './reading.ts';

/** What feeds share with their log. */
export interface FeedContext {
  readonly pool: pg.Pool;
  readonly wake: WakeChannel;
  readonly logger: Logger;
  /** Looks at the heads: this often while wake-ups may be missing, four times as slow while they arrive; milliseconds. */
  readonly pollMs: number;
}

/**
 * One reader of all partitions for itself. Each *pass* looks at the heads if it is time, reads all partitions that may have something in one
 * statement, and delivers what it found; between passes it waits for a wake-up or the next look and holds no connection. States: *away* until the
 * first pass has found where to begin (with a time: until what there was by then has been delivered); *following* from then on; *away* again after a
 * pass that failed, *following* after the next that did not. Positions stay, so it goes on where it was.
 */
export async function openFeed({ pool, wake, logger, pollMs }: FeedContext, options: FollowOptions): Promise<Feed> {
  const { topics, from } = options;
  const followed = createFollowed(topics);
  const bell = createBell();
  const closing = new AbortController();
  const following = Promise.withResolvers<void>();
  following.promise.catch(() => undefined);
  let state: FeedState = 'away';
  let arrived = false;
  let holed = false;
  let nextLookMs = 0;
  let limit = firstLimit;
  /** Partitions with something from before the first look that have not been read to their end; `null` before that look. */
  let earlier: Set<string> | null = null;

  const call = (listener: () => void): void => {
    try {
      listener();
    } catch (error) {
      logger.error({ err: error, topics }, 'what a feed called failed, it goes on');
    }
  };
  const tell = (next: FeedState, continuous: boolean): void => {
    if (closing.signal.aborted || (state === next && continuous)) return;
    state = next;
    if (!continuous) logger.warn({ topics }, 'records were deleted before a feed had read them');
    call(() => options.onState?.(next, continuous));
  };
  const arrive = (): void => {
    const continuous = !holed;
    arrived = true;
    holed = false;
    tell('following', continuous);
    following.resolve();
  };

  const look = async (): Promise<void> => {
    // Set first: what is heard while the answer is on its way may ask for the next look at once.
    nextLookMs = performance.now() + pollMs * (wake.healthy ? 4 : 1);
    if (earlier === null) {
      followed.add(await findStartingPoints(pool, topics, from));
      earlier = new Set(followed.fresh().map(keyOf));
      return;
    }
    const created = followed.look(await readHeads(pool, topics));
    // These did not exist when the feed began, so all of them is new.
    if (created.length > 0) followed.add(await findStartingPoints(pool, created, 'beginning'));
  };
  const deliver = (partition: FollowedPartition, records: readonly DeliveredRecord[]): void => {
    for (const record of records) {
      if (closing.signal.aborted) return;
      partition.position = Number(record.position);
      call(() => options.onRecord(record));
    }
  };
  const read = async (ready: readonly FollowedPartition[]): Promise<void> => {
    for (const partition of ready) partition.fresh = false;
    const found = await readPartitions(pool, ready, limit).catch((error: unknown) => {
      for (const partition of ready) partition.fresh = true;
      throw error;
    });
    for (const [at, partition] of ready.entries()) {
      const { records, trimmedThrough } = found[at] ?? nothing;
      if (records.length >= limit) partition.fresh = true;
      else earlier?.delete(keyOf(partition));
      if (trimmedThrough <= partition.position) continue;
      holed = true;
      partition.position = trimmedThrough;
    }
    if (arrived) arrive(); // what was missed is told before what came after it
    for (const [at, partition] of ready.entries()) deliver(partition, (found[at] ?? nothing).records);
    limit = nextLimit(limit, found);
  };
  const keepReading = async (attempted: () => void): Promise<void> => {
    for (let failures = 0; !closing.signal.aborted;) {
      try {
        if (performance.now() >= nextLookMs) await look();
        const ready = followed.fresh();
        if (ready.length > 0) await read(ready);
        if (earlier?.size === 0) arrive();
        if (failures > 0) logger.info({ topics }, 'the event log answers a feed again');
        failures = 0;
        attempted();
        if (followed.fresh().length === 0) await bell.wait(nextLookMs - performance.now());
      } catch (error) {
        if (closing.signal.aborted) return;
        failures += 1;
        if (failures === 1) logger.warn({ err: error, topics }, 'the event log does not answer a feed, trying on');
        nextLookMs = 0;
        tell('away', true);
        attempted();
        await pause(50 + jitteredPauseMs(failures, 100, 2000), closing.signal);
      }
    }
  };

  const listening = wake.listen((subject) => {
    const news = subject === null ? null : parseSubject(subject);
    const heard = news === null ? (subject === null ? 'unknown' : 'foreign') : followed.note(news);
    if (heard === 'foreign') return;
    if (heard === 'unknown') nextLookMs = 0;
    bell.ring();
  });
  await settlesWithin(new Promise<void>((attempted) => void keepReading(attempted)), 1000);

  return {
    get state() {
      return state;
    },
    following: following.promise,
    [Symbol.asyncDispose]() {
      closing.abort();
      listening[Symbol.dispose]();
      bell.ring();
      following.reject(new Error(`the feed of ${topics.join(', ')} was closed before it followed`));
      return Promise.resolve(); // a statement under way may take its time, nobody hears of it any more
    },
  };
}

const nothing = { records: [], trimmedThrough: 0 };
