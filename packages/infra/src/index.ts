export { readMachine, type Machine } from './config.ts';
export { findParts, type Missing, type PartName, type Parts } from './find-parts.ts';
export { installParts } from './install.ts';
export { startKafka, type KafkaBroker, type KafkaOptions } from './kafka-broker.ts';
export { startRedis, type RedisOptions, type RedisServer } from './redis-server.ts';
export type { Server } from './server.ts';
export { startInfra, type Infra, type InfraOptions } from './start-infra.ts';
