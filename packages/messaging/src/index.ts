export {
  PoisonEventError,
  type ConsumerOptions,
  type Handler,
  type Handlers,
  type Logger,
} from './consumer.ts';
export {
  EventLogUnavailableError,
  PositionLostError,
  RecordRefusedError,
  type DeliveredRecord,
  type Delivery,
  type EventLog,
  type From,
  type Lag,
  type LogRecord,
  type SubscribeOptions,
  type Subscription,
} from './event-log.ts';
export { inboxOn, type Inbox } from './inbox.ts';
export { outboxOn, type Outbox } from './outbox.ts';
export type { Sql } from './sql.ts';
export type { WakeChannel } from './wake-channel.ts';
