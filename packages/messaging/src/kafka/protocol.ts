import type { Cluster, TopicOffsets } from 'kafkajs';

/**
 * A broker of kafkajs with the calls that its declarations leave out, as they are in 2.2.4 (`src/broker/index.js`, all marked public there). Each is
 * one request of the Kafka protocol; an error code in an answer is thrown with its name as `type`.
 */
export interface Broker {
  metadata(topics: readonly string[]): Promise<{ readonly topicMetadata: readonly TopicMetadata[] }>;
  createTopics(request: { readonly topics: readonly NewTopic[]; readonly timeout: number }): Promise<unknown>;
  fetch(request: FetchRequest): Promise<{ readonly responses: readonly FetchedTopic[] }>;
  joinGroup(request: JoinRequest): Promise<JoinResponse>;
  syncGroup(request: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: { readonly groupId: string; readonly groupGenerationId: number; readonly memberId: string }): Promise<unknown>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  /** No topics: all that the group has positions of. A partition without one has offset -1. */
  offsetFetch(request: {
    readonly groupId: string;
    readonly topics: readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number }[] }[];
  }): Promise<{ readonly responses: readonly TopicOffsets[] }>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }): Promise<unknown>;
}

export interface TopicMetadata {
  readonly topic: string;
  readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
}

export interface NewTopic {
  readonly topic: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly configEntries: readonly { readonly name: string; readonly value: string }[];
}

export interface FetchRequest {
  readonly isolationLevel: number;
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number }[];
  }[];
}

export interface FetchedTopic {
  readonly topicName: string;
  readonly partitions: readonly { readonly partition: number; readonly messages: readonly FetchedMessage[] }[];
}

export interface FetchedMessage {
  readonly offset: string;
  /** Milliseconds since 1970. */
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | undefined>>;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly firstOffset: string; readonly lastOffsetDelta: number };
}

export interface JoinRequest {
  readonly groupId: string;
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  /** Empty: a new one. */
  readonly memberId: string;
  readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
}

export interface JoinResponse {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  /** The leader alone is told of the others. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/** Reads what a transaction has not committed, too: there are none. */
export const readUncommitted = 0;

const withAllCalls = (broker: unknown): Broker => broker as Broker;

/** The broker of this number, connected. */
export const brokerOf = async (cluster: Cluster, nodeId: number | string): Promise<Broker> =>
  withAllCalls(await cluster.findBroker({ nodeId: String(nodeId) }));

/**
 * The broker that a connected cluster reached first. It is asked where what we do not know lies: kafkajs itself would ask for all topics there are, and
 * fail with any of them that has no leader.
 */
export function seedOf(cluster: Cluster): Broker {
  const { brokerPool } = cluster as unknown as { readonly brokerPool: { readonly seedBroker: Broker } };
  return brokerPool.seedBroker;
}

/** The broker that keeps the positions of a group, connected. */
export const coordinatorOf = async (cluster: Cluster, groupId: string): Promise<Broker> =>
  withAllCalls(await cluster.findGroupCoordinator({ groupId }));
