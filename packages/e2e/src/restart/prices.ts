import { fromUuid } from '@tally/kernel';
import { setTimeout as pause } from 'node:timers/promises';

import type { Sql } from '@tally/testkit';
import type { Graph } from '../client/graph.ts';
import type { Random } from '@tally/kernel';
import type { PhaseName, Timeline } from './timeline.ts';

/** Somebody who changes prices and looks, at both gateways, whether everybody sees them. */
export interface PriceWatch {
  /** Changes that were made, and prices that were read afterwards. */
  readonly changes: () => number;
  readonly reads: (phase?: PhaseName) => number;
  /** Reads that got no answer. */
  readonly unanswered: (phase: PhaseName) => number;
  /** Prices that were read and had been replaced before the read began, in words. */
  readonly stale: readonly string[];
  /** What either gateway says beside what the table holds, for all variants. @returns differences, in words. */
  differences(sql: Sql): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface PriceWatchOptions {
  readonly graphs: readonly [Graph, Graph];
  readonly staffToken: string;
  /** Nobody else changes their prices. */
  readonly variantIds: readonly string[];
  readonly random: Random;
  readonly timeline: Timeline;
}

const everyMs = 400;
const query = 'query Prices($ids: [ID!]!) { variants(ids: $ids) { id price { amount } } }';

export function watchPrices({ graphs, staffToken, variantIds, random, timeline }: PriceWatchOptions): PriceWatch {
  /** The price of a variant that everybody must see from now on. */
  const known = new Map<string, number>();
  const stale: string[] = [];
  const [reads, unanswered] = [new Map<PhaseName, number>(), new Map<PhaseName, number>()];
  let [changes, stopped] = [0, false];

  async function change(graph: Graph): Promise<void> {
    const variantId = variantIds[random.between(0, variantIds.length - 1)] ?? '';
    const price = random.between(500, 9_999);
    // Until the answer is there the old price may be read as well as the new one.
    known.delete(variantId);
    const input = { variantId, price, currency: 'EUR' };
    const answer = await graph.send('VariantPriceSet', { input }, { token: staffToken }).catch(() => null);
    if (answer?.data?.variantPriceSet?.userErrors.length !== 0 || answer.errors.length > 0) return;
    known.set(variantId, price);
    changes += 1;
  }

  async function pricesAt(graph: Graph, ids: readonly string[]): Promise<ReadonlyMap<string, number> | null> {
    const answer = await graph.post(JSON.stringify({ query, variables: { ids } })).catch(() => null);
    if (answer === null || answer.data === null || answer.errors.length > 0) return null;
    const { variants } = answer.data as {
      readonly variants: readonly ({ readonly id: string; readonly price: { amount: number } } | null)[];
    };
    return new Map(variants.flatMap((variant) => (variant === null ? [] : [[variant.id, variant.price.amount]])));
  }

  async function look(graph: Graph, phase: PhaseName): Promise<void> {
    const expected = new Map(known);
    const prices = await pricesAt(graph, [...expected.keys()]);
    const [counts, by] = prices === null ? [unanswered, 1] : [reads, expected.size];
    counts.set(phase, (counts.get(phase) ?? 0) + by);
    if (prices === null) return;
    for (const [id, price] of expected) {
      if (prices.get(id) !== price) stale.push(`${phase}: ${id} is ${String(prices.get(id))} at ${graph.url}, was set to ${String(price)}`);
    }
  }

  async function run(): Promise<void> {
    for (let turn = 0; !stopped; turn++) {
      await change(graphs[turn % 2 === 0 ? 0 : 1]);
      await Promise.all(graphs.map((graph) => look(graph, timeline.now())));
      await pause(everyMs);
    }
  }

  const running = run();
  return {
    stale,
    changes: () => changes,
    reads: (phase) => (phase === undefined ? [...reads.values()].reduce((sum, count) => sum + count, 0) : (reads.get(phase) ?? 0)),
    unanswered: (phase) => unanswered.get(phase) ?? 0,
    async differences(sql) {
      const rows = await sql.rows('SELECT id, amount FROM products.product_variant');
      const kept = new Map(rows.map(({ id, amount }) => [String(fromUuid('var', String(id))), Number(amount)]));
      const found: string[] = [];
      for (const graph of graphs) {
        const prices = await pricesAt(graph, variantIds);
        if (prices === null) found.push(`${graph.url} does not tell prices`);
        for (const [id, price] of prices ?? []) {
          if (kept.get(id) !== price) found.push(`${id} is ${String(price)} at ${graph.url}, kept is ${String(kept.get(id))}`);
        }
      }
      return found;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
