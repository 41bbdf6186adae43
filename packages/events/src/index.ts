export { lockedSequence, type Sequence } from './sequence.ts';
export { deadLetterTopic, topicOf, topics, type Topic, type TopicFacts } from './topics.ts';
export {
  decode,
  messageSchemas,
  outgoing,
  type CommandReply,
  type MessageData,
  type MessageType,
  type OutgoingEvent,
  type ReceivedEvent,
  UnreadableEventError,
} from './messages.ts';
export { orderStatuses, type OrderStatusName, type ProblemData } from './orders.ts';
