import kafkajs, { type Cluster, type ISocketFactory, type Kafka, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { KafkaAddress, KafkaCredentials } from '../event-log-address.ts';
import type { Logger } from '../logger.ts';
import { createLogCreator } from './client-log.ts';
import { createSockets } from './sockets.ts';

/** One client with connections of its own, for one purpose. Disposal ends them at once: what is under way fails. */
export interface KafkaClient extends Disposable {
  readonly kafka: Kafka;
  /** The brokers as this client sees them. Nothing is connected yet. */
  readonly cluster: Cluster;
}

/** Settings of clients. */
export interface ClientOptions {
  readonly address: KafkaAddress;
  /** How this process is called in the brokers' logs and quotas. */
  readonly clientId: string;
  readonly logger: Logger;
  readonly socketFactory?: ISocketFactory;
  /** Milliseconds until a request, and until a connection, has failed. */
  readonly requestMs: number;
  readonly connectMs: number;
}

/** Makes one more client. */
export type OpenClient = () => KafkaClient;

/** Makes clients of these settings. */
export const clientsOf = (options: ClientOptions): OpenClient => {
  const { address, clientId, logger, socketFactory, requestMs, connectMs } = options;
  return () => {
    const sockets = createSockets(socketFactory);
    const kafka = new kafkajs.Kafka({
      clientId,
      brokers: [...address.brokers],
      ...(address.tls === null ? {} : { ssl: address.tls.ca === null ? true : { ca: [address.tls.ca] } }),
      ...(address.credentials === null ? {} : { sasl: toSasl(address.credentials) }),
      requestTimeout: requestMs,
      connectionTimeout: connectMs,
      authenticationTimeout: connectMs,
      retry: retries(Math.max(2, address.brokers.length)),
      socketFactory: sockets.factory,
      logLevel: kafkajs.logLevel.WARN,
      logCreator: createLogCreator(logger),
    });
    return { kafka, cluster: clusterOf(kafka), [Symbol.dispose]: () => sockets[Symbol.dispose]() };
  };
};

/** Pauses from 50 ms, doubled each time. All are given: kafkajs has other defaults where `NODE_ENV` is `test`. */
export const retries = (count: number): RetryOptions => ({
  retries: count,
  initialRetryTime: 50,
  maxRetryTime: 1000,
  multiplier: 2,
  factor: 0.2,
});

/**
 * kafkajs hands the object that speaks to brokers to partition assigners and to nobody else. The consumer is never connected: it only lends its
 * cluster. Uncommitted records are read since there are no transactions here; a stranger's that hangs would hold up readers otherwise.
 */
function clusterOf(kafka: Kafka): Cluster {
  let lent: Cluster | undefined;
  kafka.consumer({
    groupId: 'never joined',
    allowAutoTopicCreation: false,
    readUncommitted: true,
    partitionAssigners: [
      ({ cluster }) => {
        lent = cluster;
        return {
          name: 'none',
          version: 0,
          assign: () => Promise.resolve([]),
          protocol: () => ({ name: 'none', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  if (lent === undefined) throw new Error('kafkajs lends no cluster');
  return lent;
}

function toSasl({ mechanism, username, password }: KafkaCredentials): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}
