import type { DatabaseUrls } from '@tally/embedded';
import type { KafkaAddress } from '@tally/messaging';
import { openSql } from '@tally/testkit';
import kafkajs from 'kafkajs';
import { group, triedTopics } from './workload.ts';

/** What became of the positions of the group. */
export interface Moves {
  /** Changes that were seen. */
  readonly count: number;
  /** Steps back, and positions that were forgotten, in words. */
  readonly faults: readonly string[];
}

/** Somebody who looks at the group's positions while it works. */
export interface PositionWatch {
  stop(): Promise<Moves>;
}

const everyMs = 200;

/** Every change is on record: a trigger writes it down (tables.ts). */
export function watchRows(urls: DatabaseUrls): PositionWatch {
  return {
    async stop() {
      await using sql = await openSql(urls.auditor);
      const moves = await sql.rows(
        'SELECT topic, partition, before::float8, after::float8 FROM event_log.tried_position WHERE group_id = $1',
        [group],
      );
      const back = moves.filter(({ before, after }) => after === null || Number(after) < Number(before));
      return {
        count: moves.length,
        faults: back.map(
          ({ topic, partition, before, after }) =>
            `the position of ${String(topic)}/${String(partition)} went from ${String(before)} to ${after === null ? 'nothing' : String(Number(after))}`,
        ),
      };
    },
  };
}

/** Looks again and again, since the broker tells only where a group is. */
export async function watchOffsets({ brokers, prefix }: KafkaAddress): Promise<PositionWatch> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const known = new Map<string, number>();
  const faults: string[] = [];
  let count = 0;

  async function look(): Promise<void> {
    const offsets = await admin.fetchOffsets({ groupId: prefix + group, topics: triedTopics.map((topic) => prefix + topic) });
    for (const { topic, partitions } of offsets) {
      for (const { partition, offset } of partitions) {
        const place = `${topic}/${String(partition)}`;
        const [before, now] = [known.get(place) ?? -1, Number(offset)];
        if (now < before) faults.push(`the position of ${place} went from ${String(before)} to ${String(now)}`);
        if (now !== before) count += 1;
        known.set(place, now);
      }
    }
  }

  let looking: Promise<void> = Promise.resolve();
  // The coordinator may be moving at a moment: the next look is soon.
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await look();
      await admin.disconnect();
      return { count, faults };
    },
  };
}
