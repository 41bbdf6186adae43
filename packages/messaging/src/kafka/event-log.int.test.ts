import { infra } from '@tally/testkit';
import { describe } from 'vitest';
import { eventLogContract } from '../../test/contract/event-log.contract.ts';
import { aKafkaWorld } from '../../test/kafka-world.ts';

const brokers = infra.kafkaBrokers;

describe.skipIf(brokers === null)('on brokers', () => {
  eventLogContract('Kafka', () => aKafkaWorld(brokers ?? ''));
});
