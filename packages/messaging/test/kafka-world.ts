import { connect as connectTcp } from 'node:net';
import type { TopicFacts } from '@tally/events';
import { freshKey, startFaultProxy, type FaultProxy } from '@tally/testkit';
import kafkajs, { type Admin, type ISocketFactory } from 'kafkajs';
import type { KafkaAddress } from '../src/event-log-address.ts';
import type { KafkaEventLogOptions } from '../src/index.ts';
import { createKafkaEventLog, type KafkaEventLog } from '../src/kafka/create-event-log.ts';
import type { EventLogWorld } from './contract/event-log-world.ts';
import { silent } from './silent-logger.ts';

/** A prefix of its own on a shared cluster, in the clear. */
export const anAddress = (brokers: string, prefix = `${freshKey('messaging')}.`): KafkaAddress => ({
  kind: 'kafka',
  brokers: brokers.split(','),
  prefix,
  tls: null,
  credentials: null,
});

/** Brokers tell clients their own address: what goes through a proxy has to be led there by hand. */
export const through =
  (proxy: FaultProxy): ISocketFactory =>
  ({ onConnect }) =>
    connectTcp({ host: '127.0.0.1', port: proxy.port }, onConnect);

/** A log on real brokers, disposed of with the stack. */
export function openKafkaLog(
  address: KafkaAddress,
  topics: readonly TopicFacts[],
  options: Partial<KafkaEventLogOptions> = {},
): KafkaEventLog {
  return createKafkaEventLog({ address, topics, logger: silent, clientId: 'test', ...options });
}

/** An administrator of the cluster, connected. */
export async function openAdmin(brokers: string): Promise<Admin & AsyncDisposable> {
  const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  return Object.assign(admin, { [Symbol.asyncDispose]: () => admin.disconnect() });
}

const times = { sessionMs: 2500, heartbeatMs: 100, commitDelayMs: 20 };

/** A world of the contract on a cluster whose members may be silent that long at least. */
export async function aKafkaWorld(brokers: string): Promise<EventLogWorld> {
  await using stack = new AsyncDisposableStack();
  const admin = stack.use(await openAdmin(brokers));
  const address = anAddress(brokers);
  const proxies: FaultProxy[] = [];
  const owned = stack.move();
  return {
    sessionMs: times.sessionMs,
    async open(topics) {
      const proxy = owned.use(await startFaultProxy(`kafka://${brokers.split(',')[0] ?? ''}`));
      proxies.push(proxy);
      const log = owned.use(openKafkaLog(address, topics, { socketFactory: through(proxy), times }));
      return { log, proxy };
    },
    async disturb() {
      // Requests on their way are lost with their connection, or their answers are: whether such an append is kept is left to chance.
      for (const proxy of proxies.filter(() => Math.random() < 0.3)) {
        proxy.loseReplies();
        await new Promise((resolve) => setTimeout(resolve, 10));
        proxy.cut();
        proxy.heal();
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
    },
    async expire({ name, partitions }) {
      const topic = address.prefix + name;
      await admin.fetchTopicOffsets(topic); // it must know where the topic is
      await admin.deleteTopicRecords({
        topic,
        partitions: Array.from({ length: partitions }, (_, partition) => ({ partition, offset: '-1' })),
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
