import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import kafkajs, { type Admin, type SASLOptions } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { readMachine } from './config.ts';
import { findKafka } from './find-parts.ts';
import { startKafka } from './kafka-broker.ts';

const { found } = await findKafka(readMachine());

describe.skipIf(!found)('a Kafka for tests', () => {
  test('a topic and its records outlive a kill', async () => {
    await using broker = await startKafka();
    await administered(broker.brokers, (admin) => admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 3 }] }));
    await sent(broker.brokers, 'orders', ['one', 'two']);

    await broker.kill();
    await expect(administered(broker.brokers, (admin) => admin.listTopics())).rejects.toThrow('ECONNREFUSED');
    await broker.start();

    expect(await administered(broker.brokers, (admin) => admin.listTopics())).toContain('orders');
    expect(await administered(broker.brokers, (admin) => recordsOf(admin, 'orders'))).toBe(2);
  });

  test('a stopped one goes on where it was, and a disposed one leaves no folder behind', async () => {
    const broker = await startKafka();
    await administered(broker.brokers, (admin) => admin.createTopics({ topics: [{ topic: 'orders' }] }));

    await broker.stop();
    await broker.start();

    expect(await administered(broker.brokers, (admin) => admin.listTopics())).toContain('orders');
    await broker[Symbol.asyncDispose]();
    expect(existsSync(dirname(broker.logFile))).toBe(false);
  });

  test('a folder that was given is kept for the next one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tally-kept-'));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(folder, { recursive: true }));
    {
      await using first = await startKafka({ folder });
      await administered(first.brokers, (admin) => admin.createTopics({ topics: [{ topic: 'kept' }] }));
    }
    expect(await readdir(folder)).toContain('data');

    const second = await startKafka({ folder });
    expect(await administered(second.brokers, (admin) => admin.listTopics())).toContain('kept');
    await second[Symbol.asyncDispose]();
  });

  test('users get in by either mechanism, wrong passwords do not', async () => {
    await using broker = await startKafka({ users: { tally: 'right' } });
    const listedBy = (sasl: SASLOptions) => administered(broker.brokers, (admin) => admin.listTopics(), sasl);

    expect(await listedBy({ mechanism: 'plain', username: 'tally', password: 'right' })).toEqual([]);
    expect(await listedBy({ mechanism: 'scram-sha-256', username: 'tally', password: 'right' })).toEqual([]);
    expect(await listedBy({ mechanism: 'scram-sha-512', username: 'tally', password: 'right' })).toEqual([]);
    await expect(listedBy({ mechanism: 'plain', username: 'tally', password: 'wrong' })).rejects.toThrow(/authentication failed/i);
    await expect(listedBy({ mechanism: 'scram-sha-512', username: 'tally', password: 'wrong' })).rejects.toThrow(/authentication failed/i);
  });

  test('properties that were given go before ours', async () => {
    await using broker = await startKafka({
      properties: { 'log.retention.check.interval.ms': '700', 'group.min.session.timeout.ms': '900' },
    });

    const { resources } = await administered(broker.brokers, (admin) =>
      admin.describeConfigs({ includeSynonyms: false, resources: [{ type: kafkajs.ConfigResourceTypes.BROKER, name: '1' }] }),
    );

    const values = Object.fromEntries(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]) ?? []);
    expect(values).toMatchObject({ 'log.retention.check.interval.ms': '700', 'group.min.session.timeout.ms': '900' });
  });

  test('one that does not start says why, in its own words', async () => {
    await expect(startKafka({ properties: { 'num.io.threads': 'many' } })).rejects.toThrow(/num\.io\.threads/);
  });
});

async function administered<Answer>(brokers: string, ask: (admin: Admin) => Promise<Answer>, sasl?: SASLOptions): Promise<Answer> {
  const admin = clientOf(brokers, sasl).admin();
  try {
    await admin.connect();
    return await ask(admin);
  } finally {
    await admin.disconnect();
  }
}

async function sent(brokers: string, topic: string, values: readonly string[]): Promise<void> {
  const producer = clientOf(brokers).producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

async function recordsOf(admin: Admin, topic: string): Promise<number> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return partitions.reduce((sum, { high }) => sum + Number(high), 0);
}

function clientOf(brokers: string, sasl?: SASLOptions): kafkajs.Kafka {
  return new kafkajs.Kafka({
    brokers: [brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 50 },
    ...(sasl === undefined ? {} : { sasl }),
  });
}
