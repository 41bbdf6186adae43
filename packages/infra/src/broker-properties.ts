/** What decides the properties of a broker. */
export interface BrokerPlan {
  readonly port: number;
  /** Of the listener between controller and broker, which are one process. */
  readonly controllerPort: number;
  readonly dataFolder: string;
  /** Name → password; empty lets everybody in without either. */
  readonly users: Readonly<Record<string, string>>;
  /** Go before ours. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The user as which the broker speaks to itself and is asked whether it answers. */
export const BROKER_USER = 'broker';

/** Text of server.properties for one node that is broker and controller (KRaft). */
export function brokerProperties({ port, controllerPort, dataFolder, users, properties }: BrokerPlan): string {
  const secured = Object.keys(users).length > 0;
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENTS://127.0.0.1:${port}`,
    'inter.broker.listener.name': 'CLIENTS',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `CLIENTS:${secured ? 'SASL_PLAINTEXT' : 'PLAINTEXT'},CONTROLLER:PLAINTEXT`,
    'log.dirs': dataFolder,
    'auto.create.topics.enable': 'false',
    // A cluster of one.
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '3',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // Tests do not wait for members that may still come, and may find out quickly that one has died.
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '500',
    // A broker that was killed may come back only when its last session has run out: nine seconds unless told otherwise.
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '500',
    ...(secured ? saslSettings(users) : {}),
    ...properties,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function saslSettings(users: Readonly<Record<string, string>>): Record<string, string> {
  const accounts = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.clients.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${BROKER_USER}" password="${users[BROKER_USER] ?? ''}" ${accounts.join(' ')};`,
    'listener.name.clients.scram-sha-256.sasl.jaas.config': SCRAM,
    'listener.name.clients.scram-sha-512.sasl.jaas.config': SCRAM,
  };
}

// Passwords of SCRAM are in the cluster's metadata, where the format puts them.
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
