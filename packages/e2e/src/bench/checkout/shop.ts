import { freshKey } from '@tally/testkit';
import { homeAddress } from '../../client/shopper.ts';
import type { Graph } from '../../client/graph.ts';
import { closedLoop } from '../measure/load.ts';
import type { Random } from '@tally/kernel';

/** Who places orders, and what they may order. */
export interface Shop {
  readonly graph: Graph;
  readonly buyers: readonly Buyer[];
  /** With more in stock than a run can take. */
  readonly variantIds: readonly string[];
  readonly random: Random;
  /** Every order that a client was told of. */
  readonly acknowledged: { readonly id: string; readonly total: number }[];
}

export interface Buyer {
  /** An access token good for the next minutes. */
  readonly token: () => Promise<string>;
  readonly paymentMethodId: string;
}

/** What a client was told at once. */
export interface Placed {
  readonly orderId: string;
  /** The answer already said how it ended. */
  readonly settled: boolean;
}

const firstBuyer = 300;
const leastStock = 100;
const pageSize = 100;

/** Gives buyers of the seed a card that works, and finds what is in good supply. */
export async function openShop(graph: Graph, tokenOf: (buyer: number) => Promise<string>, random: Random, buyers: number): Promise<Shop> {
  const opened: Buyer[] = [];
  await closedLoop({ requests: buyers, clients: 4 }, async (number) => {
    opened.push(await openBuyer(graph, () => tokenOf(firstBuyer + number)));
  });
  return {
    graph,
    random,
    buyers: opened,
    variantIds: await wellStocked(graph),
    acknowledged: [],
  };
}

async function openBuyer(graph: Graph, token: () => Promise<string>): Promise<Buyer> {
  const input = { provider: 'simulator', token: 'tok_ok', makeDefault: true };
  const { paymentMethod, userErrors } = (await graph.ask('PaymentMethodAdd', { input }, { token: await token() })).paymentMethodAdd;
  if (paymentMethod === null) throw new Error(`no payment method: ${JSON.stringify(userErrors)}`);
  return { token, paymentMethodId: paymentMethod.id };
}

interface ListedProducts {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly edges: readonly {
    readonly node: {
      readonly variants: {
        readonly edges: readonly { readonly node: { readonly id: string; readonly inventory: { readonly available: number } } }[];
      };
    };
  }[];
}

async function wellStocked(graph: Graph): Promise<readonly string[]> {
  const found: string[] = [];
  let after: string | null = null;
  do {
    const { products } = (await graph.ask('ProductList', { first: pageSize, after, filter: { inStock: true } })) as unknown as {
      readonly products: ListedProducts;
    };
    for (const { node } of products.edges) {
      for (const { node: variant } of node.variants.edges) if (variant.inventory.available >= leastStock) found.push(variant.id);
    }
    after = products.pageInfo.hasNextPage ? products.pageInfo.endCursor : null;
  } while (after !== null);
  if (found.length < pageSize) throw new Error(`only ${String(found.length)} variants are well stocked`);
  return found;
}

/** One checkout by any buyer, of different variants, one piece of each. @throws {Error} it was refused. */
export async function placeOrder(shop: Shop, lines: number, wait: 'ACCEPTED' | 'SETTLED'): Promise<Placed> {
  const buyer = shop.buyers[shop.random.between(0, shop.buyers.length - 1)];
  if (buyer === undefined) throw new Error('there are no buyers');
  const chosen = new Set<string>();
  while (chosen.size < lines) chosen.add(shop.variantIds[shop.random.between(0, shop.variantIds.length - 1)] ?? '');
  const { checkout } = await shop.graph.ask(
    'Checkout',
    {
      input: {
        lines: [...chosen].map((variantId) => ({ variantId, quantity: 1 })),
        shippingAddress: homeAddress,
        paymentMethodId: buyer.paymentMethodId,
        idempotencyKey: freshKey('bench'),
        wait,
      },
    },
    { token: await buyer.token() },
  );
  const order = checkout?.order ?? null;
  if (order === null) throw new Error(`a checkout was refused: ${JSON.stringify(checkout?.userErrors)}`);
  shop.acknowledged.push({ id: order.id, total: order.total.amount });
  return { orderId: order.id, settled: order.status !== 'PENDING' && order.status !== 'STOCK_RESERVED' };
}
