import { strict as assert } from 'node:assert';
import { eventually, freshKey } from '@tally/testkit';
import type { Answers, Attempt, CategoryForm, CreatedVariant } from './answers.ts';
import type { Graph } from './graph.ts';
import { logIn, type Line } from './shopper.ts';

/** A product as staff describe it; everything has a default. */
export interface ProductWish {
  readonly title?: string;
  /** One per variant, 1 to 100: units on hand, 0 and more. */
  readonly stock: readonly number[];
  /** Minor units of EUR, of every variant. */
  readonly price?: number;
}

/** A product that can be put into carts. */
export interface SoldProduct {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  /** The first ten. */
  readonly variants: readonly CreatedVariant[];
}

/** Somebody of the shop, signed in. Each method throws `RequestError` for an answer with errors. */
export interface Staff {
  readonly token: string;
  /** Creates a product, and waits until a cart takes it. */
  createProduct(wish: ProductWish): Promise<SoldProduct>;
  setPrice(variantId: string, price: number): Promise<void>;
  /** Sends all lines of an order and says that they arrived. */
  deliver(orderId: string, lineIds: readonly string[]): Promise<void>;
  /** Every call to the provider for an order. */
  attemptsFor(orderId: string): Promise<readonly Attempt[]>;
}

/** The staff account of the seed. */
const sue = { email: 'sue@example.com', password: 'correct horse battery' } as const;

const replicaPatienceMs = 30_000;
const standardPrice = 1_990;
const currency = 'EUR';

/** Signs in as staff. Counts as one sign-in for the rate limits. */
export async function signInSue(graph: Graph): Promise<Staff> {
  const { token } = await logIn(graph, sue.email, sue.password);
  return staffOf(graph, token);
}

/** Staff whose token exists already. */
export function staffOf(graph: Graph, token: string): Staff {
  const caller = { token };
  let form: Promise<CategoryForm> | undefined;

  async function createProduct({ title = 'Plain mug', stock, price = standardPrice }: ProductWish): Promise<SoldProduct> {
    const { id: categoryId, attributes } = await (form ??= fillableCategory(graph));
    const serial = freshKey('E2E').toUpperCase();
    const variants = stock.map((onHand, index) => ({
      sku: `${serial}-${String(index)}`,
      title: `Variant ${String(index)}`,
      price,
      currency,
      onHand,
      weightGrams: 300,
    }));
    const stated = attributes.filter(({ required }) => required).map(({ key, kind }) => ({ name: key, value: valueOf[kind] }));
    const input = { title, description: 'Made by a scenario.', categoryId, variants, attributes: stated };
    const { product, userErrors } = (await graph.ask('ProductCreate', { input }, caller)).productCreate;
    assert.ok(product !== null, `the product is refused: ${JSON.stringify(userErrors)}`);
    const created = { id: product.id, slug: product.slug, title, variants: product.variants.edges.map(({ node }) => node) };
    await untilSold(
      graph,
      created.variants.map(({ id }) => ({ variantId: id, quantity: 1 })),
    );
    return created;
  }

  return {
    token,
    createProduct,
    async setPrice(variantId, price) {
      const { variantPriceSet } = await graph.ask('VariantPriceSet', { input: { variantId, price, currency } }, caller);
      assert.deepEqual(variantPriceSet?.userErrors, [], `the price of ${variantId} cannot be set`);
    },
    async deliver(orderId, lineIds) {
      const { shipmentCreate } = await graph.ask(
        'ShipmentCreate',
        { input: { orderId, lineIds, carrier: 'DHL', idempotencyKey: freshKey('shipment') } },
        caller,
      );
      assert.ok(shipmentCreate.shipment !== null, `order ${orderId} cannot be shipped: ${JSON.stringify(shipmentCreate.userErrors)}`);
      for (const to of ['IN_TRANSIT', 'DELIVERED']) {
        const input: Readonly<Record<string, unknown>> = {
          shipmentId: shipmentCreate.shipment.id,
          to,
          trackingNumber: 'JD014600',
          idempotencyKey: freshKey('scan'),
        };
        const { shipmentUpdate }: Answers['ShipmentUpdate'] = await graph.ask('ShipmentUpdate', { input }, caller);
        assert.deepEqual(shipmentUpdate.userErrors, [], `the shipment of ${orderId} does not go to ${to}`);
      }
    },
    async attemptsFor(orderId) {
      const { order } = await graph.ask('PaymentAttempts', { orderId }, caller);
      return order?.payments?.flatMap(({ attempts }) => attempts ?? []) ?? [];
    },
  };
}

const valueOf: Readonly<Record<'TEXT' | 'NUMBER' | 'FLAG' | 'CHOICE', string>> = { TEXT: 'Plain', NUMBER: '1', FLAG: 'true', CHOICE: '' };

/** A category whose required attributes can be filled in without knowing what they may be. */
async function fillableCategory(graph: Graph): Promise<CategoryForm> {
  const open: (string | null)[] = [null];
  for (let parentId = open.shift(); parentId !== undefined; parentId = open.shift()) {
    const { categories } = await graph.ask('CategoryForm', { parentId });
    const fillable = categories.find(({ attributes }) => attributes.every(({ kind, required }) => !required || kind !== 'CHOICE'));
    if (fillable !== undefined) return fillable;
    open.push(...categories.map(({ id }) => id));
  }
  throw new Error('the catalogue has no category for a new product: is it seeded?');
}

/** Waits until orders knows the prices: a guest's cart takes the lines. */
async function untilSold(graph: Graph, lines: readonly Line[]): Promise<void> {
  await eventually(
    async () => {
      const { cartLinesAdd } = await graph.ask('CartLinesAdd', { input: { lines } });
      assert.deepEqual(cartLinesAdd?.userErrors, [], 'the price replica does not know the product');
    },
    { timeoutMs: replicaPatienceMs },
  );
}
