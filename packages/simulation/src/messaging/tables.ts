import type { Id } from '@tally/kernel';
import { defineTable } from '../database/table.ts';

/** A row of the outbox, as PostgreSQL keeps it. */
export interface StoredEvent {
  /** The identity column: drawn at the insert, visible at the commit, so numbers may become visible out of their order. */
  readonly id: number;
  readonly eventId: Id<'evt'>;
  readonly topic: string;
  readonly key: string;
  readonly sequence: number;
  /** Topic, key and sequence: the event's place, which nobody else may have. */
  readonly place: string;
  readonly type: string;
  readonly payload: string;
  readonly createdAt: Date;
  readonly publishedAt: Date | null;
  /** How often the log refused this very row. */
  readonly attempts: number;
  readonly parkedAt: Date | null;
}

/** The name of a stream: topic and key. */
export const streamOf = ({ topic, key }: Pick<StoredEvent, 'topic' | 'key'>): string => `${topic} ${key}`;

/** Events on their way to the log. Rows stay after they were published, so that a judge can compare them with the log. */
export const outboxTable = defineTable<StoredEvent>({
  name: 'outbox',
  key: ({ id }) => String(id),
  unique: {
    event_id: ({ eventId }) => eventId,
    stream: ({ place }) => place,
  },
  indexes: {
    waiting: ({ publishedAt, parkedAt }) => (publishedAt === null && parkedAt === null ? 'waiting' : null),
    parked: ({ publishedAt, parkedAt }) => (publishedAt === null && parkedAt !== null ? 'parked' : null),
  },
  checks: { sequence: ({ sequence }) => sequence > 0 },
});

/** An event whose effect is in this database, or was given up for now. */
export interface SeenEvent {
  readonly consumer: string;
  readonly eventId: Id<'evt'>;
  readonly state: 'DONE' | 'PARKED';
  readonly seenAt: Date;
}

/** The key of an inbox row. */
export const seenKey = (consumer: string, eventId: Id<'evt'>): string => `${consumer} ${eventId}`;

/** Events that consumers have seen. */
export const inboxTable = defineTable<SeenEvent>({ name: 'inbox', key: ({ consumer, eventId }) => seenKey(consumer, eventId) });

/** A request that was executed, by the key its client chose. */
export interface ClaimedKey {
  readonly scope: string;
  readonly operation: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly result: unknown;
  readonly createdAt: Date;
}

/** The key of an idempotency row; user ids and operations have no spaces. */
export const claimKey = (scope: string, operation: string, key: string): string => `${scope} ${operation} ${key}`;

/** Keys of requests. */
export const idempotencyTable = defineTable<ClaimedKey>({
  name: 'idempotency',
  key: ({ scope, operation, key }) => claimKey(scope, operation, key),
});
