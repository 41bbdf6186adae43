import { setTimeout as pause } from 'node:timers/promises';
import { freshKey } from '@tally/testkit';
import type { Graph } from '../client/graph.ts';
import type { History } from '../harness/history.ts';
import type { Random } from '@tally/kernel';
import type { Buyer, GatewayIndex } from '../harness/buyers.ts';
import { buyPersistently } from '../harness/good-client.ts';
import type { PhasedPurchase, Timeline } from './timeline.ts';

/** Buyers who come at a steady rate, whatever became of those before them. */
export interface Load {
  readonly purchases: readonly PhasedPurchase[];
  /** Purchases without an answer yet. */
  readonly open: () => number;
  /** So many buyers who are at home there come at once. */
  burst(home: GatewayIndex, count: number): void;
  /** Nobody comes any more; resolves when all who came have their answer or gave up. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly graphs: readonly [Graph, Graph];
  readonly buyers: readonly Buyer[];
  readonly variantIds: readonly string[];
  readonly random: Random;
  /** Purchases per second. */
  readonly rate: number;
  readonly timeline: Timeline;
  /** Gets every purchase. */
  readonly history: History;
  readonly onAccepted: (purchase: PhasedPurchase, buyer: Buyer) => void;
}

/** Of purchases, with a card that is declined. */
const declined = 0.1;
const patienceMs = 60_000;

export function startLoad({ graphs, buyers, variantIds, random, rate, timeline, history, onAccepted }: LoadOptions): Load {
  const purchases: PhasedPurchase[] = [];
  const open = new Set<Promise<void>>();
  let stopped = false;

  async function come(buyer: Buyer): Promise<void> {
    const purchase: PhasedPurchase = {
      buyer: buyer.number,
      key: freshKey('restart'),
      variantId: variantIds[random.between(0, variantIds.length - 1)] ?? '',
      quantity: random.between(1, 2),
      paymentMethodId: random.next() < declined ? buyer.badCard : buyer.goodCard,
      state: 'open',
      orderId: null,
      total: null,
      phase: timeline.now(),
      requests: [],
    };
    purchases.push(purchase);
    history.purchases.push(purchase);
    await buyPersistently(purchase, buyer, { graphs, random, patienceMs });
    if (purchase.orderId !== null) onAccepted(purchase, buyer);
  }

  async function arrive(): Promise<void> {
    // By the clock and not by the last arrival: a process that was late catches up.
    const startedAt = performance.now();
    for (let arrivals = 0; !stopped; arrivals++) {
      const dueAt = startedAt + ((arrivals + random.next()) * 1_000) / rate;
      await pause(Math.max(0, dueAt - performance.now()));
      const buyer = buyers[arrivals % buyers.length];
      if (stopped || buyer === undefined) return;
      begin(buyer);
    }
  }

  function begin(buyer: Buyer): void {
    const coming: Promise<void> = come(buyer).finally(() => open.delete(coming));
    open.add(coming);
  }

  const arriving = arrive();
  return {
    purchases,
    open: () => open.size,
    burst(home, count) {
      for (const buyer of buyers.filter((one) => one.home === home).slice(0, count)) begin(buyer);
    },
    async stop() {
      stopped = true;
      await arriving;
      await Promise.all(open);
    },
  };
}
