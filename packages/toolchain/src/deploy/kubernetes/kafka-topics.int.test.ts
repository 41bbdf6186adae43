import { eventLogAddressOf, eventLogSettings, openEventLog } from '@tally/messaging';
import { createLogger, readEnvironment } from '@tally/runtime';
import { freshKey, infra } from '@tally/testkit';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { catalogue, topicConfig } from './kafka-topics.ts';

const brokers = infra.kafkaBrokers;

describe.skipIf(brokers === null)('topics of the operator and of the apps', () => {
  test('have the same partitions and the same settings', async () => {
    const prefix = `${freshKey('topics')}.`;
    const given = readEnvironment(z.object(eventLogSettings), { KAFKA_BROKERS: brokers ?? '', KAFKA_PREFIX: prefix });
    const address = eventLogAddressOf(given);
    if (address === null) throw new Error('no address');
    await using _log = await openEventLog(address, {
      topics: catalogue,
      logger: createLogger({ service: 'topics', level: 'silent' }),
      clientId: 'topics',
    });
    const admin = new Kafka({ brokers: (brokers ?? '').split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: catalogue.map(({ name }) => ({ type: ConfigResourceTypes.TOPIC, name: prefix + name })),
      });
      const { topics } = await admin.fetchTopicMetadata({ topics: catalogue.map(({ name }) => prefix + name) });
      for (const facts of catalogue) {
        const made = resources.find(({ resourceName }) => resourceName === prefix + facts.name)?.configEntries ?? [];
        const settings = Object.fromEntries(made.map(({ configName, configValue }) => [configName, configValue]));
        // How many copies must have a record is the brokers' own setting: here there is one.
        const { 'min.insync.replicas': _, ...expected } = topicConfig(facts);
        expect(settings).toMatchObject(Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, String(value)])));
        expect(topics.find(({ name }) => name === prefix + facts.name)?.partitions).toHaveLength(facts.partitions);
      }
    } finally {
      await admin.deleteTopics({ topics: catalogue.map(({ name }) => prefix + name) });
      await admin.disconnect();
    }
  });
});
