import { deadLetterTopic, topicOf, topics, type Topic, type TopicFacts } from '@tally/events';
import { stringify } from 'yaml';

/** Copies of each record, and how many must have it before a write counts: one broker may be lost without a pause. */
const replicas = 3;
const minInSyncReplicas = 2;
const dayMs = 86_400_000;

/** All topics of the catalogue, each with its dead letters. */
export const catalogue: readonly TopicFacts[] = (Object.keys(topics) as Topic[]).flatMap((name) => [topicOf(name), deadLetterTopic(name)]);

/** The largest batch of a partition, in bytes. */
const maxBatchBytes = 2_097_152;

/**
 * What a topic is configured with. All but the copies is what the apps give a topic when they make it themselves; where the operator makes it, they
 * find it.
 */
export const topicConfig = ({ compacted, retentionDays }: TopicFacts): Readonly<Record<string, string | number>> => ({
  'cleanup.policy': compacted ? 'compact' : 'delete',
  [compacted ? 'min.compaction.lag.ms' : 'retention.ms']: retentionDays * dayMs,
  'max.message.bytes': maxBatchBytes,
  'message.timestamp.type': 'LogAppendTime',
  'min.insync.replicas': minInSyncReplicas,
});

/** The text of k8s/components/topics/topics.yaml: a KafkaTopic per topic. */
export function kafkaTopicsFile(): string {
  const documents = catalogue.map((topic) =>
    stringify({
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaTopic',
      metadata: { name: topic.name, labels: { 'strimzi.io/cluster': 'kafka' } },
      spec: { partitions: topic.partitions, replicas, config: topicConfig(topic) },
    }),
  );
  return `# Written by packages/toolchain/src/kafka-topics.ts from packages/events: change the catalogue there.\n${documents.join('---\n')}`;
}
