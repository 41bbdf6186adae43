import type { KafkaAddress } from '@tally/messaging';
import kafkajs, { type Admin, type SASLOptions } from 'kafkajs';

/** The cluster asked directly, past all of our own code. Disposal leaves it. */
export interface Broker extends AsyncDisposable {
  /** How many records were ever written to a topic, 0 while it does not exist: the sum of its partitions' end offsets. */
  written(topic: string): Promise<number>;
  /** Deletes every topic and group of the prefix. */
  forget(): Promise<void>;
}

/** @throws {Error} nobody answers there, or it refuses us. */
export async function openBroker({ brokers, prefix, tls, credentials }: KafkaAddress): Promise<Broker> {
  const kafka = new kafkajs.Kafka({
    clientId: 'demo',
    brokers: [...brokers],
    ...(tls === null ? {} : { ssl: tls.ca === null ? true : { ca: [tls.ca] } }),
    ...(credentials === null ? {} : { sasl: credentials as SASLOptions }),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 3 },
  });
  const admin = kafka.admin();
  await admin.connect();
  return {
    async written(topic) {
      if (!(await topicsOf(admin, prefix)).includes(prefix + topic)) return 0;
      const partitions = await admin.fetchTopicOffsets(prefix + topic);
      return partitions.reduce((sum, { high }) => sum + Number(high), 0);
    },
    async forget() {
      const { groups } = await admin.listGroups();
      const own = groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(prefix));
      if (own.length > 0) await admin.deleteGroups(own);
      const topics = await topicsOf(admin, prefix);
      if (topics.length > 0) await admin.deleteTopics({ topics });
    },
    [Symbol.asyncDispose]: () => admin.disconnect(),
  };
}

const topicsOf = async (admin: Admin, prefix: string): Promise<string[]> =>
  (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
