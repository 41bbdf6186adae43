import type { Id } from '@tally/kernel';
import type { KnownOrder } from '../domain/replicas.ts';

/** Orders as they were placed, on an open transaction. Database errors are retryable when the connection was lost. */
export interface KnownOrdersStore {
  /** `null`: orders has not told of it yet. */
  of(orderId: Id<'ord'>): Promise<KnownOrder | null>;
  /** Keeps an order; one that is known stays as it is. */
  add(order: KnownOrder): Promise<void>;
}
