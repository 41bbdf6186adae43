import { setTimeout as pause } from 'node:timers/promises';
import type { Graph } from '../client/graph.ts';
import type { Purchase } from './history.ts';
import type { Random } from '@tally/kernel';
import { sendPurchase, type Attempt } from './send-purchase.ts';
import { otherGateway, type Buyer, type GatewayIndex } from './buyers.ts';

/** One request of a purchase. Times in milliseconds of `performance.now()`. */
export interface Request {
  readonly gateway: GatewayIndex;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly attempt: Attempt;
}

/** A purchase with everything its client did for it. */
export interface FollowedPurchase extends Purchase {
  readonly requests: Request[];
}

/** How a request is written down whose answer its client did not wait for. */
export const unheard = 'unheard';

/** Of purchases, begun by a request whose answer does not arrive. */
const unheardShare = 0.05;
const unheardMs = 60;
const firstPauseMs = 100;
const longestPauseMs = 1_000;

/**
 * Buys as a good client does: an answer that was lost, or that says "not now", is asked for again with the same key, with pauses that grow and at the other
 * gateway where this one is not there. Gives up after `patienceMs`.
 */
export async function buyPersistently(
  purchase: FollowedPurchase,
  buyer: Buyer,
  { graphs, random, patienceMs }: { readonly graphs: readonly [Graph, Graph]; readonly random: Random; readonly patienceMs: number },
): Promise<void> {
  const startedAt = performance.now();
  let gateway = buyer.home;
  // As over a connection that breaks behind the request: what it does is done, and nobody hears of it.
  const silent = random.next() < unheardShare ? sendPurchase(graphs[gateway], { ...purchase }, buyer.token) : null;
  if (silent !== null) {
    await pause(random.between(0, unheardMs));
    const attempt: Attempt = { outcome: 'unknown', codes: [], lost: unheard };
    purchase.requests.push({ gateway, sentAt: startedAt, answeredAt: performance.now(), attempt });
  }
  for (let pauseMs = firstPauseMs; performance.now() - startedAt < patienceMs; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const sentAt = performance.now();
    const attempt = await sendPurchase(graphs[gateway], purchase, buyer.token);
    purchase.requests.push({ gateway, sentAt, answeredAt: performance.now(), attempt });
    if (attempt.outcome !== 'unknown') break;
    if (attempt.lost !== null) gateway = otherGateway(gateway);
    await pause(random.between(Math.ceil(pauseMs / 2), pauseMs));
  }
  await silent;
}

/** When its client learnt of the order; `null`: it never did. */
export const acceptedAt = ({ requests }: FollowedPurchase): number | null => {
  const last = requests.at(-1);
  return last?.attempt.outcome === 'accepted' ? last.answeredAt : null;
};
