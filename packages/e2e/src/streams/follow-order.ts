import type { Random } from '@tally/kernel';
import type { OrderStep } from './answers.ts';
import { follow, type Followed } from './follow.ts';
import type { StreamClient } from './stream-client.ts';

/** How an order is followed; the rest as for any stream. */
export interface FollowingOrder {
  readonly orderId: string;
  readonly random: Random;
  readonly reconnects: number;
  /** The status after which nothing follows. */
  readonly until: string;
}

/**
 * Follows an order from its first step, interrupted again and again; each step says which status it left.
 *
 * @throws {Error} as `follow`.
 */
export const followOrder = (client: StreamClient, { orderId, random, reconnects, until }: FollowingOrder): Promise<Followed<OrderStep>> =>
  follow(client, {
    operation: 'TrackOrder',
    variables: { orderId },
    random,
    reconnects,
    over: (steps) => steps.at(-1)?.status === until,
    follows: (next, last) => next.sequence === (last?.sequence ?? 0) + 1 && next.previous === (last?.status ?? null),
  });
