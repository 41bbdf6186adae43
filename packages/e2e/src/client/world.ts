import { strict as assert } from 'node:assert';
import { createSimulatorAdmin, type LedgerEntry, type SimulatorAdmin } from '@tally/payment-simulator';
import { eventually } from '@tally/testkit';
import type { VariantStock } from './answers.ts';
import { createGraph, type Graph } from './graph.ts';
import { homeAddress, register, type Line, type Shopper } from './shopper.ts';
import { signInSue, type Staff } from './staff.ts';

/** A running system seen from outside, and the people in it. People are made on first use: sign-ins are rationed. */
export interface World extends AsyncDisposable {
  readonly graph: Graph;
  readonly simulator: SimulatorAdmin;
  readonly staff: () => Promise<Staff>;
  /** Buyers that scenarios share, with a payment method that is good. They never touch their cart: scenarios run beside each other. */
  readonly anna: () => Promise<Shopper>;
  readonly bert: () => Promise<Shopper>;
  /** A buyer of one scenario's own. Counts as one sign-in for the rate limits. */
  readonly newcomer: () => Promise<Shopper>;
  /** Stock as the graph tells it, in the order of the ids. */
  readonly stockOf: (variantIds: readonly string[]) => Promise<readonly VariantStock[]>;
  /** Waits until so much can be sold and nothing is reserved. */
  readonly untilAvailable: (variantId: string, available: number) => Promise<void>;
  /** What buying these lines would cost at this moment, in minor units. */
  readonly quote: (lines: readonly Line[]) => Promise<number>;
  /** What the provider says it did for an order. */
  readonly witnessed: (orderId: string) => Promise<Witness>;
}

/** Rows of the provider's own ledger for one order. */
export interface Witness {
  readonly entries: readonly LedgerEntry[];
  readonly authorised: readonly LedgerEntry[];
  readonly captured: readonly LedgerEntry[];
  readonly refunded: readonly LedgerEntry[];
}

const stockPatienceMs = 15_000;

/**
 * @param urls of the gateway and of the payment simulator.
 * @param signInStaff absent: the staff account of the seed signs in.
 */
export function openWorld(
  urls: { readonly gateway: string; readonly simulator: string },
  signInStaff: (graph: Graph) => Promise<Staff> = signInSue,
): World {
  const graph = createGraph(urls.gateway);
  const simulator = createSimulatorAdmin(urls.simulator.replace(/\/$/, ''));
  const newcomer = (): Promise<Shopper> => register(graph);
  const withGoodCard = async (): Promise<Shopper> => {
    const shopper = await newcomer();
    await shopper.addPaymentMethod('tok_ok');
    return shopper;
  };

  async function stockOf(ids: readonly string[]): Promise<readonly VariantStock[]> {
    const { variants } = await graph.ask('VariantStock', { ids });
    return variants.map((variant, index) => {
      assert.ok(variant !== null, `variant ${ids[index] ?? ''} is null`);
      return variant;
    });
  }

  return {
    graph,
    simulator,
    staff: once(() => signInStaff(graph)),
    anna: once(withGoodCard),
    bert: once(withGoodCard),
    newcomer,
    stockOf,
    async untilAvailable(variantId, available) {
      await eventually(
        async () => {
          const [stock] = await stockOf([variantId]);
          assert.equal(stock?.inventory.available, available, `available of ${variantId}`);
          assert.equal(stock.inventory.reserved, 0, `reserved of ${variantId}`);
        },
        { timeoutMs: stockPatienceMs },
      );
    },
    async quote(lines) {
      const { cartLinesAdd } = await graph.ask('CartLinesAdd', { input: { lines } });
      assert.ok(cartLinesAdd?.cart != null, `a guest's cart is refused: ${JSON.stringify(cartLinesAdd?.userErrors)}`);
      const { cartQuote } = await graph.ask('CartPage', { id: cartLinesAdd.cart.id, shippingAddress: homeAddress });
      assert.ok(cartQuote !== null, 'there is no quote');
      return cartQuote.total.amount;
    },
    async witnessed(orderId) {
      const entries = await simulator.ledger(orderId);
      const succeeded = (operation: LedgerEntry['operation']): readonly LedgerEntry[] =>
        entries.filter((entry) => entry.operation === operation && entry.outcome === 'succeeded');
      return { entries, authorised: succeeded('authorise'), captured: succeeded('capture'), refunded: succeeded('refund') };
    },
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
