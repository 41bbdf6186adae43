import type { MessageType, ReceivedEvent, TopicFacts } from '@tally/events';
import type { EventLog, From } from './event-log.ts';
import type { Logger } from './logger.ts';

/**
 * Takes one event to its effect. The effect and `inbox.firstSight` are one transaction of the use case it calls. Returning means done; a refusal of
 * the business is done, too. Throwing means fault: retried in place while that can help, then the key is parked.
 */
export type Handler<M extends MessageType> = (event: ReceivedEvent<M>) => Promise<void>;

/** One handler per message type; types without one are skipped (and counted). */
export type Handlers = { readonly [M in MessageType]?: Handler<M> };

/** Throw it from a handler for an event that the business can never accept: parked at once, without retries. */
export class PoisonEventError extends Error {
  override readonly name = 'PoisonEventError';
  readonly retryable = false;
}

/** Settings of a consumer. */
export interface ConsumerOptions {
  readonly log: EventLog;
  /** Name of the group and of the consumer in inbox, parked keys and dead letters, for example `orders`. */
  readonly group: string;
  readonly topics: readonly TopicFacts[];
  readonly from: From;
  readonly handlers: Handlers;
  /** The consumer's own database as its app role: parking and redriving happen there. */
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** Attempts of a failing event before its key is parked; default 8, with full jitter from 50 ms. */
  readonly attempts?: number;
  /** Events handled at the same moment, over all partitions; default 8. Keep it below the size of the database pool that the handlers use. */
  readonly concurrency?: number;
}
