import { notificationMessages } from './notifications.ts';
import { buyerMessages, orderMessages } from './orders.ts';
import { paymentCommands, paymentFacts } from './payments.ts';
import { catalogueMessages, stockCommands, stockLevels, stockReplies } from './products.ts';
import { sessionMessages, userMessages } from './users.ts';

/**
 * The catalogue of docs/messages.md: what travels on the log, and nothing else. A topic's partition count is fixed for its life, since raising it
 * re-maps keys; another count is another version of the topic.
 */
export const topics = {
  'orders.order.v1': { partitions: 8, compacted: false, retentionDays: 7, messages: orderMessages },
  'orders.buyer.v1': { partitions: 8, compacted: false, retentionDays: 7, messages: buyerMessages },
  'products.commands.v1': { partitions: 8, compacted: false, retentionDays: 7, messages: stockCommands },
  'products.stock.v1': { partitions: 8, compacted: false, retentionDays: 7, messages: stockReplies },
  'products.level.v1': { partitions: 8, compacted: true, retentionDays: 7, messages: stockLevels },
  'products.catalogue.v1': { partitions: 8, compacted: true, retentionDays: 7, messages: catalogueMessages },
  'payments.commands.v1': { partitions: 8, compacted: false, retentionDays: 7, messages: paymentCommands },
  'payments.payment.v1': { partitions: 8, compacted: false, retentionDays: 7, messages: paymentFacts },
  'users.user.v1': { partitions: 8, compacted: true, retentionDays: 7, messages: userMessages },
  'users.session.v1': { partitions: 8, compacted: false, retentionDays: 7, messages: sessionMessages },
  'notifications.notification.v1': { partitions: 8, compacted: false, retentionDays: 7, messages: notificationMessages },
} as const;

/** The name of a topic of the catalogue. */
export type Topic = keyof typeof topics;

/** What an adapter has to know to create a topic: partitions, and whether the newest record of each key is kept for ever. Retention in days. */
export interface TopicFacts {
  readonly name: string;
  readonly partitions: number;
  readonly compacted: boolean;
  readonly retentionDays: number;
}

/** The facts of a topic. */
export const topicOf = (name: Topic): TopicFacts => {
  const { partitions, compacted, retentionDays } = topics[name];
  return { name, partitions, compacted, retentionDays };
};

/** Where parked records of a topic go: kept 30 days, so that a redrive still meets its inbox row. */
export const deadLetterTopic = (name: Topic): TopicFacts => ({ name: `${name}.dlq`, partitions: 1, compacted: false, retentionDays: 30 });
