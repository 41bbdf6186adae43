import { createServer } from 'node:net';
import { startKafka } from '@tally/infra';
import { StartupError } from '@tally/runtime';
import { eventually, infra, startFaultProxy } from '@tally/testkit';
import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { startFeedProbe } from '../../test/contract/feed-probe.ts';
import { createGroupProbe, nameOf, sequencesOf } from '../../test/contract/group-probe.ts';
import { appendSurely, aRecord, aTopic, range, records } from '../../test/contract/event-log-world.ts';
import { anAddress, openAdmin, openKafkaLog, through } from '../../test/kafka-world.ts';
import { aListeningLogger } from '../../test/silent-logger.ts';
import { EventLogUnavailableError, PositionLostError, RecordRefusedError, TopicMismatchError } from '../event-log.ts';

const brokers = infra.kafkaBrokers ?? '';
const here = describe.skipIf(infra.kafkaBrokers === null);

here('topics on Kafka', () => {
  test('a topic is created as the catalogue says', async () => {
    await using admin = await openAdmin(brokers);
    const address = anAddress(brokers);
    const [facts, state] = [aTopic(3), { ...aTopic(2), compacted: true }];
    await using log = openKafkaLog(address, [facts, state]);
    await log.ensureTopics();

    const settingsOf = async (name: string): Promise<Record<string, string>> => {
      const wanted = ['cleanup.policy', 'retention.ms', 'min.compaction.lag.ms', 'message.timestamp.type', 'max.message.bytes'];
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: address.prefix + name, configNames: wanted }],
      });
      return Object.fromEntries((resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]));
    };
    const week = String(7 * 86_400_000);
    expect(await settingsOf(facts.name)).toMatchObject({
      'cleanup.policy': 'delete',
      'retention.ms': week,
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': '2097152',
    });
    expect(await settingsOf(state.name)).toMatchObject({ 'cleanup.policy': 'compact', 'min.compaction.lag.ms': week });
    const { topics } = await admin.fetchTopicMetadata({ topics: [facts, state].map(({ name }) => address.prefix + name) });
    expect(topics.map(({ partitions }) => partitions.length).toSorted()).toEqual([2, 3]);
  });

  test('several processes may start at once on an empty cluster', async () => {
    const address = anAddress(brokers);
    const topics = range(1, 12).map(() => aTopic(8));
    await using stack = new AsyncDisposableStack();
    const logs = range(1, 4).map(() => stack.use(openKafkaLog(address, topics)));
    await Promise.all(logs.map((log) => log.ensureTopics()));
  });

  test('a topic that exists with another number of partitions is refused', async () => {
    const address = anAddress(brokers);
    const topic = { ...aTopic(2), name: 'fixed.v1' };
    await using log = openKafkaLog(address, [topic]);
    await log.ensureTopics();
    await using other = openKafkaLog(address, [{ ...topic, partitions: 3 }]);

    const refused = await other.ensureTopics().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TopicMismatchError);
    expect(String(refused)).toMatch(/topic fixed\.v1 was created with 2 partitions, not 3: .*KAFKA_PREFIX$/);
  });

  test('systems with other prefixes do not see each other', async () => {
    const topic = aTopic();
    await using one = openKafkaLog(anAddress(brokers), [topic]);
    await using other = openKafkaLog(anAddress(brokers), [topic]);
    await one.append(records(topic, 'a', 1, 3));
    await other.append(records(topic, 'b', 1, 2));

    const probe = createGroupProbe();
    await using member = await other.subscribe({ group: 'readers', topics: [topic], from: 'beginning', handler: probe.handler() });
    await member.caughtUp();
    expect(probe.seen.map(nameOf)).toEqual(['b:1', 'b:2']);
    expect(await one.lag('readers')).toEqual([]);
  });
});

here('records and positions on Kafka', () => {
  test('a send that brokers refuse ends its producer, and the next append goes on', async () => {
    const topic = aTopic();
    await using proxy = await startFaultProxy(`kafka://${brokers.split(',')[0] ?? ''}`);
    let connections = 0;
    const connect = through(proxy);
    const address = anAddress(brokers);
    await using log = openKafkaLog(address, [topic], {
      socketFactory(to) {
        connections += 1;
        return connect(to);
      },
    });
    await log.append(records(topic, 'a', 1, 1));
    const before = connections;
    await log.append(records(topic, 'a', 2, 2));
    expect(connections).toBe(before); // the same producer

    await using admin = await openAdmin(brokers);
    const name = address.prefix + topic.name;
    const limitTo = (bytes: number) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          { type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries: [{ name: 'max.message.bytes', value: String(bytes) }] },
        ],
      });
    await limitTo(1000);
    const large = aRecord(topic, 'b', 1, 'x'.repeat(2000));
    // A broker hears of its limit a little later.
    await eventually(async () => (await log.append([large]).catch((error: unknown) => error)) instanceof RecordRefusedError);
    await log.append(records(topic, 'a', 3, 3));
    expect(connections).toBeGreaterThan(before);

    const probe = createGroupProbe();
    await using member = await log.subscribe({ group: 'readers', topics: [topic], from: 'beginning', handler: probe.handler() });
    await member.caughtUp();
    expect(sequencesOf(probe, 'a')).toEqual([1, 2, 3]);
  });

  test('a committed offset is that of the next record', async () => {
    await using admin = await openAdmin(brokers);
    const address = anAddress(brokers);
    const topic = aTopic();
    await using log = openKafkaLog(address, [topic]);
    await log.append(records(topic, 'a', 1, 5));
    const probe = createGroupProbe();
    await using member = await log.subscribe({ group: 'readers', topics: [topic], from: 'beginning', handler: probe.handler() });
    await member.caughtUp();

    const [stored] = await admin.fetchOffsets({ groupId: `${address.prefix}readers`, topics: [address.prefix + topic.name] });
    expect(stored?.partitions.map(({ offset }) => offset)).toEqual(['5']);
  });

  test('a record that another system wrote is left out, told, and holds up nobody', async () => {
    const address = anAddress(brokers);
    const topic = aTopic();
    const { logger, lines } = aListeningLogger();
    await using log = openKafkaLog(address, [topic], { logger });
    await log.append(records(topic, 'a', 1, 1));
    const stranger = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await stranger.connect();
    await stranger.send({ topic: address.prefix + topic.name, messages: [{ key: 'x', value: 'no record' }] });
    await stranger.disconnect();
    await log.append(records(topic, 'a', 2, 2));

    const probe = createGroupProbe();
    await using member = await log.subscribe({ group: 'readers', topics: [topic], from: 'beginning', handler: probe.handler() });
    await member.caughtUp();
    expect(probe.seen.map(nameOf)).toEqual(['a:1', 'a:2']);
    expect(lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      'a record that is not of this system was left out',
    ]);
  });

  test('a position behind the end of a partition stops the group, too: the topic is not the one it knew', async () => {
    await using admin = await openAdmin(brokers);
    const address = anAddress(brokers);
    const topic = aTopic();
    await using log = openKafkaLog(address, [topic]);
    await log.append(records(topic, 'a', 1, 3));
    const groupId = `${address.prefix}readers`;
    await admin.setOffsets({ groupId, topic: address.prefix + topic.name, partitions: [{ partition: 0, offset: '100' }] });

    const probe = createGroupProbe();
    await using member = await log.subscribe({ group: 'readers', topics: [topic], from: 'beginning', handler: probe.handler() });
    await expect(member.ended).rejects.toBeInstanceOf(PositionLostError);
    const [stored] = await admin.fetchOffsets({ groupId, topics: [address.prefix + topic.name] });
    expect(stored?.partitions.map(({ offset }) => offset)).toEqual(['100']); // an operator decides
  });

  test('the position that was lost stays where it was', async () => {
    await using admin = await openAdmin(brokers);
    const address = anAddress(brokers);
    const topic = aTopic();
    await using log = openKafkaLog(address, [topic], { times: { commitDelayMs: 20 } });
    await log.append(records(topic, 'a', 1, 3));
    const probe = createGroupProbe();
    const gate = Promise.withResolvers<void>();
    await using member = await log.subscribe({
      group: 'readers',
      topics: [topic],
      from: 'beginning',
      handler: probe.handler(({ sequence }) => (sequence === 2 ? gate.promise.then(() => Promise.reject(new Error('again'))) : undefined)),
    });
    await eventually(() => probe.seen.length === 2);
    const name = address.prefix + topic.name;
    await log.append(records(topic, 'a', 4, 6));
    await admin.fetchTopicOffsets(name);
    await admin.deleteTopicRecords({ topic: name, partitions: [{ partition: 0, offset: '-1' }] });
    gate.resolve(); // it has to fetch again, midway

    await expect(member.ended).rejects.toBeInstanceOf(PositionLostError);
    await expect(member.caughtUp()).rejects.toBeInstanceOf(PositionLostError);
    const [stored] = await admin.fetchOffsets({ groupId: `${address.prefix}readers`, topics: [name] });
    expect(stored?.partitions.map(({ offset }) => offset)).toEqual(['1']);
  });
});

here('brokers that are away', () => {
  test('nobody answers: that is known within three seconds, refused or silent', async () => {
    const listener = createServer(() => undefined);
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as { readonly port: number };
    for (const address of ['127.0.0.1:1', `127.0.0.1:${port}`]) {
      await using log = openKafkaLog(anAddress(address), [aTopic()]);
      const started = performance.now();
      await expect(log.ensureTopics()).rejects.toBeInstanceOf(EventLogUnavailableError);
      expect(performance.now() - started).toBeLessThan(6000); // three of ours, the rest for a machine that is busy
    }
    listener.close();
  });

  test('killed and started again, they are found: appends, groups and feeds go on, and the outage is a few lines', async () => {
    await using broker = await startKafka();
    const topic = aTopic(4);
    const { logger, lines } = aListeningLogger();
    await using log = openKafkaLog(anAddress(broker.brokers), [topic], { logger });
    const probe = createGroupProbe();
    await log.append(records(topic, 'a', 1, 5));
    await using member = await log.subscribe({ group: 'readers', topics: [topic], from: 'beginning', handler: probe.handler() });
    await using feed = await startFeedProbe(log, { topics: [topic.name], from: 'now' });
    await member.caughtUp();

    await broker.kill();
    const started = performance.now();
    await expect(log.append(records(topic, 'a', 6, 10))).rejects.toBeInstanceOf(EventLogUnavailableError);
    expect(performance.now() - started).toBeLessThan(15_000);
    await eventually(() => feed.feed.state === 'away');
    await broker.start();
    await appendSurely(log, records(topic, 'a', 6, 10));
    await eventually(() => feed.sequencesOf('a').includes(10), { timeoutMs: 15_000 });
    await member.caughtUp();

    expect([...new Set(probe.seen.map(({ sequence }) => sequence))]).toEqual(range(1, 10));
    expect([...new Set(feed.sequencesOf('a'))]).toEqual(range(6, 10));
    const warnings = lines
      .filter(({ level, message }) => level !== 'debug' && /does not answer/.test(message))
      .map(({ message }) => message);
    expect(warnings.length).toBeLessThanOrEqual(6); // of dozens of attempts
  });
});

here('brokers that ask who is there', () => {
  test('the right password by PLAIN and SCRAM gets in, others are told what to correct', async () => {
    await using broker = await startKafka({ users: { tally: 'right' } });
    const topic = aTopic();
    const address = anAddress(broker.brokers);
    for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
      await using log = openKafkaLog({ ...address, credentials: { mechanism, username: 'tally', password: 'right' } }, [topic]);
      await log.append(records(topic, mechanism, 1, 1));
      await using intruder = openKafkaLog({ ...address, credentials: { mechanism, username: 'tally', password: 'wrong' } }, [topic]);
      const refused = await intruder.ensureTopics().catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StartupError);
      expect(String(refused)).toMatch(/^StartupError: KAFKA_USERNAME, KAFKA_PASSWORD or KAFKA_MECHANISM is wrong: .* refuses tally/);
      expect(String(refused)).not.toContain('\n');

      const probe = createGroupProbe();
      const member = await intruder.subscribe({ group: 'readers', topics: [topic], from: 'beginning', handler: probe.handler() });
      await expect(member.ended).rejects.toThrow(/is wrong/); // no use in trying for ever: the process ends and says why
    }
    await using nameless = openKafkaLog(address, [topic]);
    await expect(nameless.ensureTopics()).rejects.toThrow(/hangs up: does it want KAFKA_TLS=on or KAFKA_USERNAME\?/);
  });
});
