export { inTransaction, openConnection, openPool, sqlOnPg } from './connection.ts';
export { PoisonEventError, type ConsumerOptions, type Handler, type Handlers } from './consumer.ts';
export { judgeFailure, type FailureKind } from './consumer/failure.ts';
export { createRecordHandler } from './consumer/handle-record.ts';
export { endOf } from './consumer/end-of.ts';
export { startConsumer, type Consumer } from './consumer/start-consumer.ts';
export { classifyDatabaseError, type DatabaseErrorClass } from './database-errors.ts';
export { dumpLog } from './dump-log.ts';
export {
  EventLogUnavailableError,
  PositionLostError,
  RecordRefusedError,
  TopicMismatchError,
  type DeliveredRecord,
  type Delivery,
  type EventLog,
  type Feed,
  type FeedState,
  type FollowOptions,
  type From,
  type Lag,
  type LogRecord,
  type SubscribeOptions,
  type Subscription,
} from './event-log.ts';
export type { EventLogAddress, KafkaAddress, PostgresAddress } from './event-log-address.ts';
export { eventLogAddressOf, eventLogSettings } from './event-log-settings.ts';
export { inboxOn, type Inbox } from './inbox.ts';
export { createKafkaEventLog, type KafkaEventLog, type KafkaEventLogOptions } from './kafka/create-event-log.ts';
export type { Logger } from './logger.ts';
export { openEventLog, type OpenEventLogOptions } from './open-event-log.ts';
export { outboxOn, type Outbox } from './outbox.ts';
export { createPostgresEventLog, type PostgresEventLog, type PostgresEventLogOptions } from './postgres/create-event-log.ts';
export { forgetMembers } from './postgres/forget-members.ts';
export { partitionOf } from './postgres/partition-of.ts';
export type { Trimmed } from './postgres/retention.ts';
export { redrive, redriveDetails, redriveSubject, requestRedrive, toTable, type Redriven, type RedriveRequest } from './redrive/redrive.ts';
export { outboxRowsOnPg } from './relay/outbox-rows.ts';
export { mostAttempts, relayPass, type OutboxRow, type OutboxRows, type Passed } from './relay/pass.ts';
export { startRelay, type Relay, type RelayOptions, type RelayStatus } from './relay/start-relay.ts';
export type { Sql } from './sql.ts';
export { carriedTrace, inCarriedSpan, type Carried } from './trace-context.ts';
export {
  interventionsOn,
  type Intervention,
  type InterventionPage,
  type Interventions,
  type NewIntervention,
} from './trouble/interventions.ts';
export { readParked, type ParkedPage, type ParkedPlace, type ParkedStream } from './trouble/parked-streams.ts';
export { openWakeChannel, type WakeChannel } from './wake-channel.ts';
