import type { TopicFacts } from '@tally/events';
import {
  EventLogUnavailableError,
  partitionOf,
  RecordRefusedError,
  type DeliveredRecord,
  type EventLog,
  type LogRecord,
} from '@tally/messaging';
import type { Random } from '@tally/kernel';
import type { Actor } from '../scheduler/actor.ts';
import type { RunningProcess } from '../scheduler/running-process.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { SimulatedConsumer } from '../simulated-app.ts';
import { createGroup, type Group, type ParkedRecord } from './group.ts';

/** A partition: records in their order, each with its position as text from `0`. */
export interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly DeliveredRecord[];
}

/**
 * The event log of a history, outside all processes: partitions by key as in production, at-least-once, ordered per key. What it may do wrong is what the
 * adapters of @tally/messaging may do: store and not say so, store a part, store late, deliver again, deliver late, forget a position.
 */
export interface MemoryLog {
  /** The log as one process reaches it. */
  reachedFrom(process: Actor): Pick<EventLog, 'append'>;
  /** A process takes part in a consumer group until it dies. */
  join(process: RunningProcess, consumer: SimulatedConsumer): void;
  /** Everything that is stored, by topic and partition. */
  readonly partitions: readonly Partition[];
  /** Records that some group has not yet moved past. */
  lag(): number;
  /** What was given up, by any group. In a healthy history: nothing. */
  readonly parked: readonly ParkedRecord[];
  /** Errors of handlers that led to another try, by name. */
  readonly retries: ReadonlyMap<string, number>;
  /** How often a record came to a handler that had come to one of its group before. */
  readonly repeats: number;
}

/** Largest payload in UTF-8 bytes, as in production. */
const maxPayloadBytes = 1_000_000;
const awayMs: readonly [number, number] = [100, 10_000];

/** An empty log. @param topics what may be appended; with the partitions of the catalogue. */
export function createMemoryLog(
  options: Pick<Scheduler, 'outside' | 'faults' | 'trace' | 'nowMs'> & { readonly random: Random; readonly topics: readonly TopicFacts[] },
): MemoryLog {
  const { outside, faults, trace, nowMs, topics } = options;
  const random = options.random.fork('log');
  const stored = new Map(topics.map((topic) => [topic.name, emptyPartitions(topic)]));
  const groups = new Map<string, Group>();
  const parked: ParkedRecord[] = [];
  const retries = new Map<string, number>();
  let repeats = 0;
  let awayUntilMs = 0;

  const store = (records: readonly LogRecord[]): void => {
    const touched = new Set<Partition>();
    for (const record of records) {
      const partitions = stored.get(record.topic) ?? [];
      const at = partitionOf(record.key, partitions.length);
      const partition = partitions[at];
      if (partition === undefined) continue;
      partition.records.push({ ...record, partition: at, position: String(partition.records.length) });
      touched.add(partition);
    }
    for (const group of groups.values()) for (const partition of touched) group.appended(partition);
  };

  const append = async (process: Actor, records: readonly LogRecord[]): Promise<void> => {
    for (const record of records) checkRecord(record, stored);
    await process.turn();
    if (faults.strikes('log away')) {
      awayUntilMs = nowMs() + random.between(...awayMs);
      trace.note(`the log is away for ${Math.round(awayUntilMs - nowMs())} ms`);
    }
    if (nowMs() < awayUntilMs || faults.strikes('append lost')) throw new EventLogUnavailableError('the log does not answer');
    if (faults.strikes('append late')) {
      outside.after(random.between(1, 5_000), () => store(records));
      throw new EventLogUnavailableError('the log did not answer in time');
    }
    if (faults.strikes('append partial')) {
      const unlucky = random.between(0, 1);
      store(records.filter(({ topic, key }) => partitionOf(key, stored.get(topic)?.length ?? 1) % 2 === unlucky));
      throw new EventLogUnavailableError('the log broke off');
    }
    store(records);
    await process.turn();
    if (faults.strikes('append unanswered')) throw new EventLogUnavailableError('the reply of the log is lost');
  };

  return {
    reachedFrom: (process) => ({ append: (records) => append(process, records) }),
    join(process, consumer) {
      let group = groups.get(consumer.group);
      if (group === undefined) {
        const partitions = consumer.topics.flatMap(({ name }) => stored.get(name) ?? []);
        group = createGroup({
          ...{ name: consumer.group, partitions, outside, faults, random: random.fork(consumer.group) },
          isAway: () => nowMs() < awayUntilMs,
          parked: (record) => {
            trace.note(`${record.group} parks ${record.record.type} of ${record.record.key}: ${String(record.error)}`);
            parked.push(record);
          },
          retried: (name) => retries.set(name, (retries.get(name) ?? 0) + 1),
          repeated: () => (repeats += 1),
        });
        groups.set(consumer.group, group);
      }
      group.join(process, consumer.handlers);
    },
    get partitions() {
      return [...stored.values()].flat();
    },
    lag: () => [...groups.values()].reduce((sum, group) => sum + group.lag(), 0),
    parked,
    retries,
    get repeats() {
      return repeats;
    },
  };
}

interface StoredPartition extends Partition {
  readonly records: DeliveredRecord[];
}

const emptyPartitions = ({ name, partitions }: TopicFacts): readonly StoredPartition[] =>
  Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition, records: [] }));

/** @throws {RecordRefusedError} */
function checkRecord({ topic, payload, sequence }: LogRecord, stored: ReadonlyMap<string, unknown>): void {
  if (!stored.has(topic)) throw new RecordRefusedError(`no topic ${topic}`);
  if (payload.length * 3 > maxPayloadBytes && Buffer.byteLength(payload) > maxPayloadBytes)
    throw new RecordRefusedError(`a record of ${topic} is too large`);
  if (!Number.isSafeInteger(sequence)) throw new RecordRefusedError(`a record of ${topic} has no sequence`);
}
