import { topicOf, type Topic } from '@tally/events';

/** The topics on which events travel here, and the message type of each. */
export const messageOf = { 'users.session.v1': 'SignedIn', 'products.stock.v1': 'StockReserved' } as const satisfies Partial<
  Record<Topic, string>
>;

/** A topic that takes part. */
export type TriedTopic = keyof typeof messageOf;

export const triedTopics = Object.keys(messageOf) as readonly TriedTopic[];

/** What the log has to know of them. */
export const topicFacts = triedTopics.map(topicOf);

/** The group of the three members, and the name of their inbox. */
export const group = 'log-kills';

/** The schema of the writer, where the outbox is; and that of the members, where inbox and effects are. */
export const writerSchema = 'users';
export const memberSchema = 'orders';

/** Streams of each topic. A few of them are written much more often than the others. */
export const keysPerTopic = 500;

/** Transactions of the writer that are open side by side. */
export const lanes = 8;

/** Of its transactions: rolled back at their end, and kept open for a while after their events have got their ids, so that others overtake them. */
export const rolledBackShare = 0.05;
export const slowShare = 0.1;
export const slowMs = 40;

/** Events of one transaction, each of another stream. */
export const mostEvents = 4;

/** Channel on which relays hear of commits. */
export const wakeChannel = 'outbox_log_kills';
