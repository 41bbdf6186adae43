import { eventually, freshKey } from '@tally/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPeople, type People } from '../src/client/people.ts';
import { openWorld, type World } from '../src/client/world.ts';
import { createRandom, type Random } from '@tally/kernel';
import type { StockLevel } from '../src/streams/answers.ts';
import { openStreams } from '../src/streams/open-streams.ts';
import { protocols } from '../src/streams/stream-client.ts';
import { watchStock } from '../src/streams/watch-stock.ts';
import { startInOneProcess, type InOneProcess } from '../src/topologies/in-one-process.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { printOnFailure } from './print-on-failure.ts';

const stack = new AsyncDisposableStack();
let system: InOneProcess;
let world: World;
let people: People;

beforeAll(async () => {
  const database = stack.use(await cloneEmptyShop());
  system = stack.use(await startInOneProcess(database));
  world = stack.use(openWorld(system.urls));
  people = createPeople(world.graph, system.keys.users);
}, 120_000);
afterAll(() => stack.disposeAsync(), 60_000);

const buyers = 40;
const variantCount = 4;
const unitsEach = 25;

interface Stock {
  readonly available: number;
  readonly reserved: number;
  readonly version: number;
}

test(`a stock page sees every change while ${String(buyers)} buyers buy, are declined and cancel`, async () => {
  const seed = Number(process.env['STREAMS_SEED'] ?? Date.now() >>> 0);
  printOnFailure(() => `seed ${String(seed)}\n${system.logs()}`);
  const variantIds = await stocked(Array.from({ length: variantCount }, () => unitsEach));
  await using clients = new AsyncDisposableStack();
  const watches = protocols.map((protocol) => {
    const client = clients.use(openStreams(protocol, { url: system.urls.gateway }));
    return watchStock(client.open('WatchStock', { variantIds }));
  });
  for (const watch of watches) await watch.until(new Map(variantIds.map((id) => [id, 1])));

  const endings = await Promise.all(Array.from({ length: buyers }, (_, buyer) => shoppingTrip(variantIds, createRandom(seed + buyer))));
  const stock = await untilNothingReserved(variantIds);
  for (const watch of watches) await watch.until(versionsOf(stock));

  expect(new Set(endings)).toEqual(new Set(['PROCESSING', 'PAYMENT_FAILED', 'CANCELLED', 'REJECTED']));
  for (const { levels } of watches) {
    for (const id of variantIds) {
      const seen = levels.get(id) ?? [];
      const { version = 0, available } = stock.get(id) ?? {};
      expect(seen.map(({ sequence }) => sequence)).toEqual(Array.from({ length: version }, (_, index) => index + 1));
      expect(seen.at(-1)).toMatchObject({ available, sequence: version });
    }
    expect(levels).toEqual(watches[0]?.levels);
  }
});

const changes = 100;

test.each(protocols)(
  'over %s, who stops reading gets the newest level of each variant on coming back, and no older one',
  async (protocol) => {
    printOnFailure(() => system.logs());
    const variantIds = await stocked([1_000, 1_000]);
    await describeAtLength(variantIds[0] ?? '');
    await using client = openStreams(protocol, { url: system.urls.gateway });
    const stream = client.subscribe<{ readonly inventoryChanged: StockLevel }>(longPage, { variantIds });
    const watch = watchStock(stream);
    await watch.until(new Map(variantIds.map((id) => [id, 1])));

    stream.pause();
    for (let change = 0; change < changes; change += 1) for (const id of variantIds) await sellOne(id);
    stream.proceed();
    await watch.until(new Map(variantIds.map((id) => [id, changes + 1])));

    for (const id of variantIds) {
      const seen = watch.levels.get(id) ?? [];
      expect(seen.at(-1)).toMatchObject({ sequence: changes + 1, available: 1_000 - changes });
      expect(seen.length, 'everything fitted somewhere').toBeLessThan(changes / 2);
    }
    await sellOne(variantIds[0] ?? '');
    await watch.until(new Map([[variantIds[0] ?? '', changes + 2]]));
  },
);

async function stocked(stock: readonly number[]): Promise<readonly string[]> {
  const { variants } = await (await people.staff()).createProduct({ stock });
  return variants.map(({ id }) => id);
}

/** Somebody comes, buys some of one variant or of two, and may be declined or think better of it. @returns how the order ended. */
async function shoppingTrip(variantIds: readonly string[], random: Random): Promise<string> {
  const shopper = await people.buyer();
  const fate = random.pick(['kept', 'kept', 'declined', 'cancelled']);
  await shopper.addPaymentMethod(fate === 'declined' ? 'tok_declined' : 'tok_ok');
  const first = random.between(0, variantIds.length - 1);
  const picked = [...new Set([first, random.between(0, variantIds.length - 1)])];
  const { id } = await shopper.order({
    lines: picked.map((index) => ({ variantId: variantIds[index] ?? '', quantity: random.between(1, 4) })),
  });
  const ended = await eventually(
    async () => {
      const { status } = await shopper.statusOf(id);
      return ['PROCESSING', 'PAYMENT_FAILED', 'REJECTED'].includes(status) && status;
    },
    { timeoutMs: 60_000 },
  );
  if (fate !== 'cancelled' || ended !== 'PROCESSING') return ended;
  await shopper.cancel(id);
  return (await shopper.until(id, 'CANCELLED')).status;
}

/** The stock once all orders have ended. */
async function untilNothingReserved(variantIds: readonly string[]): Promise<ReadonlyMap<string, Stock>> {
  return await eventually(
    async () => {
      const stock = (await world.stockOf(variantIds)).map(({ id, inventory }) => [id, inventory as Stock] as const);
      expect(stock.map(([, { reserved }]) => reserved)).toEqual(variantIds.map(() => 0));
      return new Map(stock);
    },
    { timeoutMs: 30_000 },
  );
}

const versionsOf = (stock: ReadonlyMap<string, Stock>): ReadonlyMap<string, number> =>
  new Map([...stock].map(([id, { version }]) => [id, version]));

const aliases = Array.from('abcdefghijklmn');

/** A page whose every event is some 400 KB, so that what waits for its reader fits nowhere. */
const longPage = `subscription($variantIds: [ID!]!) {
  inventoryChanged(variantIds: $variantIds) {
    sequence available status occurredAt
    variant { id ${aliases.map((alias) => `${alias}: product { description }`).join(' ')} }
  }
}`;

/** Gives the product of a variant the longest description there may be. */
async function describeAtLength(variantId: string): Promise<void> {
  const { token } = await people.staff();
  const asked = 'query($ids: [ID!]!) { variants(ids: $ids) { product { id version } } }';
  const { data } = await world.graph.post(JSON.stringify({ query: asked, variables: { ids: [variantId] } }));
  const [variant] = (data as { readonly variants: readonly { readonly product: { readonly id: string; readonly version: number } }[] })
    .variants;
  const input = { id: variant?.product.id, expectedVersion: variant?.product.version, description: '€'.repeat(10_000) };
  const query = 'mutation($input: ProductUpdateInput!) { productUpdate(input: $input) { userErrors { code message } } }';
  const answer = await world.graph.post(JSON.stringify({ query, variables: { input } }), { token });
  expect(answer).toMatchObject({ errors: [], data: { productUpdate: { userErrors: [] } } });
}

async function sellOne(variantId: string): Promise<void> {
  const { token } = await people.staff();
  const query = 'mutation($input: InventoryAdjustInput!) { inventoryAdjust(input: $input) { userErrors { code message } } }';
  const input = { variantId, delta: -1, reason: 'sold over the counter', idempotencyKey: freshKey('sale') };
  const answer = await world.graph.post(JSON.stringify({ query, variables: { input } }), { token });
  expect(answer).toMatchObject({ errors: [], data: { inventoryAdjust: { userErrors: [] } } });
}
