import type { DumpedRecord } from '@tally/audit';
import { deadLetterTopic, topicOf, topics, type Topic } from '@tally/events';
import { toUuid } from '@tally/kernel';
import { dumpLog, openEventLog, type KafkaAddress } from '@tally/messaging';
import { createLogger } from '@tally/runtime';

/** All that an event log outside the database holds at this moment, dead letters included. */
export async function readLog(address: KafkaAddress): Promise<readonly DumpedRecord[]> {
  const facts = (Object.keys(topics) as Topic[]).flatMap((name) => [topicOf(name), deadLetterTopic(name)]);
  const logger = createLogger({ service: 'audit', level: 'silent' });
  await using log = await openEventLog(address, { topics: facts, logger, clientId: 'audit' });
  const records = await dumpLog(
    log,
    facts.map(({ name }) => name),
  );
  // By its place: after an interruption records come again.
  const byPlace = new Map(records.map((record) => [`${record.topic} ${String(record.partition)} ${record.position}`, record]));
  return [...byPlace.values()].map(({ topic, partition, position, key, eventId, type, sequence, time }) => ({
    ...{ topic, partition, position: Number(position), key, type, sequence, time },
    eventId: toUuid(eventId),
  }));
}
