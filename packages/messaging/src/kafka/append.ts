import type { Message, TopicMessages } from 'kafkajs';
import { RecordRefusedError, type LogRecord } from '../event-log.ts';
import { secondsHistogram, secondsSince } from '../instruments.ts';
import { isBrokerError, reasonOf, refusedForItself, unavailable } from './failures.ts';
import type { Producing } from './producing.ts';
import { maxPayloadBytes, toMessage } from './record-codec.ts';
import type { TopicRegister } from './topics.ts';

/** One send carries at most so many records of a topic and so many bytes, unless one record alone has more. */
const sendRecords = 500;
const sendBytes = maxPayloadBytes;
/** Headers and framing of a record, about. */
const overheadBytes = 256;

/**
 * Makes the `append` of the port: topics side by side, records of a topic in their order.
 *
 * @param appendMs the deadline of one append, in milliseconds.
 */
export function createAppend(
  producing: Producing,
  topics: TopicRegister,
  prefix: string,
  appendMs: number,
): (records: readonly LogRecord[]) => Promise<void> {
  const seconds = secondsHistogram('log_append_seconds', 'Time until an append to the event log was durable.');

  return async (records) => {
    const sends = toSends(records, topics, prefix);
    const until = performance.now() + appendMs;
    try {
      await topics.ensure();
      for (const batch of sends) {
        const started = performance.now();
        await producing.send(batch, until - performance.now());
        seconds.record(secondsSince(started), { adapter: 'kafka' });
      }
    } catch (error) {
      if (isBrokerError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) topics.forget();
      if (refusedForItself(error)) throw new RecordRefusedError(`a record cannot be stored: ${reasonOf(error)}`, { cause: error });
      throw unavailable(error);
    }
  };
}

/**
 * What is sent at once: of each topic the next records that fit. A broker limits the batch of a partition; what is of one topic is small enough even
 * if all of it has one key.
 *
 * @throws {RecordRefusedError} before anything is sent.
 */
function toSends(records: readonly LogRecord[], topics: TopicRegister, prefix: string): readonly (readonly TopicMessages[])[] {
  const chunks = new Map<string, Message[][]>();
  const filled = new Map<string, number>();
  for (const record of records) {
    if (topics.find(record.topic) === undefined) throw new RecordRefusedError(`no topic ${record.topic}`);
    const message = toMessage(record);
    const bytes = Buffer.byteLength(record.payload) + Buffer.byteLength(record.key) + overheadBytes;
    const ofTopic = chunks.get(record.topic) ?? [];
    chunks.set(record.topic, ofTopic);
    const before = filled.get(record.topic) ?? 0;
    const chunk = ofTopic.at(-1);
    if (chunk === undefined || chunk.length >= sendRecords || before + bytes > sendBytes) {
      ofTopic.push([message]);
      filled.set(record.topic, bytes);
    } else {
      chunk.push(message);
      filled.set(record.topic, before + bytes);
    }
  }
  const sends: TopicMessages[][] = [];
  for (const [topic, ofTopic] of chunks)
    for (const [at, messages] of ofTopic.entries()) (sends[at] ??= []).push({ topic: prefix + topic, messages });
  return sends;
}
