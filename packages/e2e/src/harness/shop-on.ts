import { openSql } from '@tally/testkit';
import { createGraph } from '../client/graph.ts';
import type { History } from './history.ts';
import { createRandom } from '@tally/kernel';
import { openTokens } from './shoppers.ts';
import type { System } from './system.ts';
import { stockedVariants } from './variants.ts';
import { openShop, type Shop } from './workload.ts';

const sold = 60;

/** Shoppers at all gateways of a system, with what is sold most of; `owner` closes their connections. */
export async function openShopOn(system: System, seed: number, history: History, owner: AsyncDisposableStack): Promise<Shop> {
  const [first, ...others] = system.gateways.map((url) => owner.use(createGraph(url)));
  if (first === undefined) throw new RangeError('there is no gateway');
  await using sql = await openSql((await system.urls()).auditor);
  return await openShop({
    graphs: [first, ...others],
    tokenOf: await openTokens(system.dataDir),
    variantIds: await stockedVariants(sql, sold),
    random: createRandom(seed),
    history,
  });
}
