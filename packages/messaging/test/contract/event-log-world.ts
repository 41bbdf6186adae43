import type { TopicFacts } from '@tally/events';
import { newId } from '@tally/kernel';
import { eventually, freshKey, type FaultProxy } from '@tally/testkit';
import type { EventLog, LogRecord } from '../../src/index.ts';

/** An event log of its own for one test. */
export interface EventLogWorld extends AsyncDisposable {
  /** How long a member may be silent before others take its partitions, in milliseconds. */
  readonly sessionMs: number;
  /** A log object with connections of its own through a proxy of its own, like another process. Disposed of with the world, if not before. */
  open(topics: readonly TopicFacts[]): Promise<{ readonly log: EventLog; readonly proxy: FaultProxy }>;
  /** Cuts what a running system can lose: ends connections on the server's side, and rolls an append back. */
  disturb(topic: string): Promise<void>;
  /** Puts all records of a topic so far past their retention and deletes them. */
  expire(topic: TopicFacts): Promise<void>;
}

export const aTopic = (partitions = 1): TopicFacts => ({
  name: `${freshKey('contract')}.v1`,
  partitions,
  compacted: false,
  retentionDays: 7,
});

export function aRecord(topic: TopicFacts, key: string, sequence: number, payload = '{}'): LogRecord {
  return {
    topic: topic.name,
    key,
    eventId: newId('evt'),
    type: 'Tested',
    sequence,
    time: new Date(),
    traceparent: null,
    tracestate: null,
    payload,
  };
}

export const records = (topic: TopicFacts, key: string, from: number, to: number): LogRecord[] =>
  Array.from({ length: to - from + 1 }, (_, at) => aRecord(topic, key, from + at));

export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Appends as a relay does: the same records again until the log has them. */
export async function appendSurely(log: EventLog, batch: readonly LogRecord[]): Promise<void> {
  await eventually(
    async () => {
      await log.append(batch);
      return true;
    },
    { timeoutMs: 15_000 },
  );
}
