import type { DumpedRecord } from '@tally/audit';
import { deadLetterTopic, topicOf, topics, type Topic } from '@tally/events';
import { toUuid } from '@tally/kernel';
import { openEventLog, type KafkaAddress } from '@tally/messaging';
import { createLogger } from '@tally/runtime';

/** All that a log outside the database holds, for the audit of a system that is quiet. */
export async function dumpLog(address: KafkaAddress): Promise<readonly DumpedRecord[]> {
  const facts = (Object.keys(topics) as Topic[]).flatMap((name) => [topicOf(name), deadLetterTopic(name)]);
  const logger = createLogger({ service: 'audit', level: 'silent' });
  await using log = await openEventLog(address, { topics: facts, logger, clientId: 'audit' });
  // By its place: after an interruption a feed gives records again.
  const records = new Map<string, DumpedRecord>();
  await using feed = await log.follow({
    topics: facts.map(({ name }) => name),
    from: new Date(0),
    onRecord({ topic, partition, position, key, eventId, type, sequence, time }) {
      const place = `${topic} ${String(partition)} ${position}`;
      records.set(place, { topic, partition, position: Number(position), key, eventId: toUuid(eventId), type, sequence, time });
    },
  });
  await feed.following;
  return [...records.values()];
}
