import type pg from 'pg';
import { createTopicProgress, type Appended, type TopicProgress } from './appended.ts';
import { keyOf } from './held-partition.ts';
import { startingPosition, type Start } from './starting-positions.ts';
import { run, type Statement } from './statements.ts';

/** A partition that a feed reads: up to which position it has, and whether there may be more. */
export interface FollowedPartition {
  readonly topic: string;
  readonly partition: number;
  position: number;
  fresh: boolean;
}

/** What a feed knows of its topics. Positions live here and nowhere else. */
export interface Followed {
  /** Partitions that may have something. */
  fresh(): readonly FollowedPartition[];
  /** Takes news of an append. `unknown`: to a topic that is followed and was not found yet; `foreign`: to another one. */
  note(news: Appended): 'known' | 'unknown' | 'foreign';
  /** Takes the heads as read. @returns the topics among them that are not known yet. */
  look(heads: readonly { readonly topic: string; readonly last: number }[]): readonly string[];
  add(found: readonly StartingPoint[]): void;
}

/** Where to begin in a partition, and the topic's head, both of the same moment. */
export interface StartingPoint {
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly head: number;
}

const startAt = (start: Start): Statement => ({
  name: `log_feed_start_${start}`,
  text: `SELECT partition.topic, partition.partition, (${startingPosition(start, '$2')})::float8 AS position, head.last::float8 AS head
FROM partition JOIN topic_head head ON head.topic = partition.topic WHERE partition.topic = ANY ($1::text[])`,
});

const starts = { beginning: startAt('beginning'), now: startAt('now'), time: startAt('time') };

/** The starting points of all partitions of those topics that exist. */
export async function findStartingPoints(
  pool: pg.Pool,
  topics: readonly string[],
  from: 'beginning' | 'now' | Date,
): Promise<readonly StartingPoint[]> {
  const statement = from instanceof Date ? starts.time : starts[from];
  return run<StartingPoint & pg.QueryResultRow>(pool, statement, from instanceof Date ? [topics, from] : [topics]);
}

/** Nothing is known of the topics yet. */
export function createFollowed(names: readonly string[]): Followed {
  const topics = new Map<string, { readonly progress: TopicProgress; readonly partitions: FollowedPartition[] }>();
  const byKey = new Map<string, FollowedPartition>();
  const wanted = new Set(names);

  return {
    fresh: () => [...byKey.values()].filter(({ fresh }) => fresh),
    note(news) {
      const known = topics.get(news.topic);
      if (known === undefined) return wanted.has(news.topic) ? 'unknown' : 'foreign';
      known.progress.note(news);
      for (const partition of news.partitions) {
        const followed = byKey.get(keyOf({ topic: news.topic, partition }));
        if (followed !== undefined) followed.fresh ||= followed.position < news.last;
      }
      return 'known';
    },
    look(heads) {
      const unknown: string[] = [];
      for (const { topic, last } of heads) {
        const known = topics.get(topic);
        if (known === undefined) unknown.push(topic);
        else if (known.progress.look(last)) for (const partition of known.partitions) partition.fresh ||= partition.position < last;
      }
      return unknown;
    },
    add(found) {
      for (const { topic, partition, position, head } of found) {
        const followed = { topic, partition, position, fresh: position < head };
        byKey.set(keyOf(followed), followed);
        const known = topics.get(topic);
        if (known === undefined) topics.set(topic, { progress: createTopicProgress(head), partitions: [followed] });
        else known.partitions.push(followed);
      }
    },
  };
}
