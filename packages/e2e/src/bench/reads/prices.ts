import { openKeys, openSecrets } from '@tally/embedded';
import type { Graph } from '../../client/graph.ts';
import { createPeople } from '../../client/people.ts';
import type { MeasuredPlatform } from '../platform.ts';
import { untilQuiet } from '../quiet.ts';
import { createProgress } from '../report/progress.ts';
import type { CacheName } from './caches.ts';
import { hitRatio, hotRowsBetween, readHotRows } from './hot-rows.ts';
import { assertFresh, createPriceWatch, type Looker, type SeenPrice } from './price-watch.ts';

/** Prices changed under load, and nobody saw an old one. */
export interface PriceResult {
  readonly changes: number;
  readonly checks: Readonly<Record<Looker, number>>;
  /** Share of the rows read meanwhile that came without the database, 0 to 1. */
  readonly hits: number | null;
}

/** How much is done. */
export interface PriceCounts {
  readonly changes: number;
  readonly clients: number;
}

interface Listed {
  readonly edges: readonly {
    readonly node: {
      readonly id: string;
      readonly priceRange: { readonly max: { readonly amount: number } };
      readonly variants: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
    };
  }[];
}

interface ById {
  readonly variants: readonly {
    readonly id: string;
    readonly price: { readonly amount: number };
    readonly product: { readonly id: string; readonly priceRange: { readonly max: { readonly amount: number } } };
  }[];
}

// No page asks for prices by the id of a variant, so this is none of operations/; a cart on another team's page would.
const byId = 'query PricesById($ids: [ID!]!) { variants(ids: $ids) { id price { amount } product { id priceRange { max { amount } } } } }';

const looksAfterwards = 20;
/** Above every price of the seed, so that a new price is the highest of its product too. Minor units. */
const firstPrice = 100_000_000;

/**
 * Staff change the prices of three variants of one product at the same time, so that changes and reads overtake each other, while others read them, in a
 * list and by id. Whoever asks after a change was acknowledged must see it, at once: all are served by one process. Once all is quiet nobody may see an
 * older one either.
 *
 * @throws {Error} somebody did, or nothing was checked.
 */
export async function changePrices(
  platform: MeasuredPlatform,
  graph: Graph,
  cache: CacheName,
  { changes, clients }: PriceCounts,
): Promise<PriceResult> {
  const staff = await createPeople(graph, (await openKeys(await openSecrets(platform.dataDir))).users).staff();
  const { productId, variantIds } = await newestOfThree(graph);
  const watch = createPriceWatch();
  const look = async (looker: Looker, question: () => Promise<readonly SeenPrice[]>): Promise<void> => {
    const compare = watch.look(looker);
    compare(await question());
  };
  const lookEverywhere = async (looker: Looker): Promise<void> => {
    await look(looker, () => pricesById(graph, variantIds));
    await look(looker, () => pricesInList(graph));
  };

  const onProgress = createProgress(`prices, ${cache}`, changes);
  const [before, writing] = [await readHotRows(platform), { next: 0, done: 0, left: variantIds.length }];
  const write = async (variantId: string): Promise<void> => {
    try {
      while (writing.next < changes) {
        const price = firstPrice + writing.next++;
        await staff.setPrice(variantId, price);
        for (const id of [variantId, productId]) watch.acknowledge(id, price);
        await look('writer', () => pricesById(graph, [variantId]));
        onProgress(++writing.done);
      }
    } finally {
      writing.left -= 1;
    }
  };
  const read = async (): Promise<void> => {
    while (writing.left > 0) await lookEverywhere('others');
  };
  await Promise.all([...variantIds.map(write), ...Array.from({ length: clients }, read)]);
  await untilQuiet(platform);
  for (let times = 0; times < looksAfterwards; times++) await lookEverywhere('afterwards');

  const counts = hotRowsBetween(before, await readHotRows(platform));
  assertFresh(watch);
  const cached = counts.product.hits > 0 && counts.variant.hits > 0;
  if (cached !== (cache !== 'cache off'))
    throw new Error(
      `${cache}: ${String(counts.product.hits)} products and ${String(counts.variant.hits)} variants came without the database`,
    );
  return { changes, checks: watch.checks, hits: hitRatio(counts) };
}

const newest = async (graph: Graph): Promise<Listed> => (await graph.ask('ProductList', { first: 20 })).products as unknown as Listed;

async function newestOfThree(graph: Graph): Promise<{ readonly productId: string; readonly variantIds: readonly string[] }> {
  const { edges } = await newest(graph);
  const found = edges.find(({ node: { variants, priceRange } }) => variants.edges.length === 3 && priceRange.max.amount < firstPrice);
  if (found === undefined) throw new Error('none of the newest products has three variants that are cheap enough');
  return { productId: found.node.id, variantIds: found.node.variants.edges.map(({ node }) => node.id) };
}

async function pricesInList(graph: Graph): Promise<readonly SeenPrice[]> {
  const { edges } = await newest(graph);
  return edges.map(({ node: { id, priceRange } }) => ({ id, price: priceRange.max.amount }));
}

async function pricesById(graph: Graph, ids: readonly string[]): Promise<readonly SeenPrice[]> {
  const { data, errors } = await graph.post(JSON.stringify({ query: byId, variables: { ids } }));
  if (data === null || errors.length > 0) throw new Error(`prices by id: ${JSON.stringify(errors)}`);
  return (data as ById).variants.flatMap(({ id, price, product }) => [
    { id, price: price.amount },
    { id: product.id, price: product.priceRange.max.amount },
  ]);
}
