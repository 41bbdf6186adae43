import { startRedis, type RedisServer } from '@tally/infra';
import { eventually, freshEmail, freshKey, infra } from '@tally/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGraph, type Graph } from '../src/client/graph.ts';
import { createPeople, type People } from '../src/client/people.ts';
import { shopperOf, type CheckoutWish, type Shopper } from '../src/client/shopper.ts';
import { startAsProcesses, type AsProcesses } from '../src/topologies/as-processes.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { printOnFailure } from './print-on-failure.ts';
import { startSecondShelf, type SecondShelf } from './second-shelf.ts';

/** What `gateway/limits.json` gives in a minute. */
const [checkoutsEach, signInsEach] = [10, 20];
const mostTries = 5;

describe.skipIf(infra.redisUrl === null)('two gateways on one Redis', () => {
  const stack = new AsyncDisposableStack();
  let redis: RedisServer;
  let system: AsProcesses;
  let shelf: SecondShelf;
  /** The shop through each gateway; that of the second shelf last. */
  let graphs: readonly [Graph, Graph, Graph];
  let people: People;
  let variantId: string;

  beforeAll(async () => {
    redis = stack.use(await startRedis());
    const database = stack.use(await cloneEmptyShop());
    const prefix = `${freshKey('system')}:`;
    system = stack.use(await startAsProcesses(database, { gateways: 2, redisUrl: redis.url, redisPrefix: prefix }));
    shelf = stack.use(await startSecondShelf(system, database, { REDIS_URL: redis.url, REDIS_PREFIX: prefix }));
    const graphAt = (url = ''): Graph => stack.use(createGraph(url));
    graphs = [graphAt(system.gateways[0]), graphAt(system.gateways[1]), graphAt(shelf.url)];
    people = createPeople(graphs[0], system.keys.users);
    const { variants } = await (await people.staff()).createProduct({ stock: [1_000] });
    variantId = variants[0]?.id ?? '';
  }, 180_000);
  afterAll(() => stack.disposeAsync(), 60_000);

  const printed = (): string => `${system.logs()}\n${shelf.logs()}`;

  /**
   * Does it again with somebody new when Redis was late meanwhile, as it may be on a busy machine: each process goes on by itself then, which is what the
   * last test is about.
   */
  async function whileRedisAnswers<Outcome>(attempt: () => Promise<Outcome>): Promise<Outcome> {
    for (let tries = 1; ; tries += 1) {
      const outages = outagesSaid();
      const outcome = await attempt();
      if (outagesSaid() === outages || tries === mostTries) return outcome;
      await untilRedisIs('ok');
    }
  }
  const outagesSaid = (): number => printed().split('(REDIS_URL) is away').length - 1;

  async function untilRedisIs(state: 'ok' | 'down'): Promise<void> {
    for (const url of [...system.gateways, shelf.url])
      await eventually(async () => expect(await redisAt(url)).toEqual([200, state]), { timeoutMs: 15_000 });
  }

  /** The same buyer at each of the two gateways. */
  async function aBuyer(): Promise<readonly [Shopper, Shopper]> {
    const buyer = await people.buyer();
    await buyer.addPaymentMethod('tok_ok');
    return [buyer, shopperOf(graphs[1], buyer)];
  }

  test('50 checkouts of one buyer, half of them at each gateway, have one budget', async () => {
    printOnFailure(printed);

    const attempts = await whileRedisAnswers(async () => await spread(await aBuyer(), 50, buying));

    expect(attempts.filter((outcome) => outcome.startsWith('ord_'))).toHaveLength(checkoutsEach);
    expect(attempts.filter((outcome) => outcome === 'RATE_LIMITED')).toHaveLength(50 - checkoutsEach);
  });

  test('a key that is sent to both gateways costs one point, and is one order', async () => {
    printOnFailure(printed);

    const { clicks, others } = await whileRedisAnswers(async () => {
      const [at, intent] = [await aBuyer(), buying()];
      return { clicks: await spread(at, 20, () => intent), others: await spread(at, 20, buying) };
    });

    expect(new Set(clicks).size, clicks.join(' ')).toBe(1);
    expect(clicks[0]).toMatch(/^ord_/);
    expect(others.filter((outcome) => outcome !== 'RATE_LIMITED')).toHaveLength(checkoutsEach - 1);
  });

  test('a new price is what the next read of every gateway shows, whichever products answers and whichever was told', async () => {
    printOnFailure(printed);
    const { token } = await people.staff();
    const before = await system.metric('hot_reads_total', { result: 'hit' }, 'products');

    for (let price = 2_001; price <= 2_030; price += 1) {
      const shown = await whileRedisAnswers(async () => {
        await Promise.all(graphs.map(priceAt));
        await setPrice(graphs[price % graphs.length] ?? graphs[0], token, price);
        return await Promise.all(graphs.map(priceAt));
      });
      expect(shown).toEqual(graphs.map(() => price));
    }

    expect(await system.metric('hot_reads_total', { result: 'hit' }, 'products')).toBeGreaterThan(before);
  });

  test('without Redis both gateways go on, each within its share, and prices stay true', { timeout: 120_000 }, async () => {
    printOnFailure(printed);
    await redis.stop();
    await untilRedisIs('down');

    const at = await aBuyer();
    for (const shopper of at) {
      const attempts = await Promise.all(Array.from({ length: 25 }, () => attempted(shopper, buying())));
      expect(attempts.filter((outcome) => outcome !== 'RATE_LIMITED')).toHaveLength(checkoutsEach);
    }
    for (const graph of graphs.slice(0, 2)) {
      const logins = await Promise.all(Array.from({ length: 15 }, () => attemptedLogin(graph)));
      expect(logins.filter((code) => code !== 'RATE_LIMITED')).toHaveLength(signInsEach / 2);
    }
    await setPrice(graphs[0], (await people.staff()).token, 3_000);
    expect(await priceAt(graphs[0])).toBe(3_000);
    await eventually(async () => expect(await priceAt(graphs[2])).toBe(3_000));

    await redis.start();
    await untilRedisIs('ok');
    const attempts = await whileRedisAnswers(async () => await spread(await aBuyer(), 30, buying));
    expect(attempts.filter((outcome) => outcome.startsWith('ord_'))).toHaveLength(checkoutsEach);
    await eventually(async () => expect(await Promise.all(graphs.map(priceAt))).toEqual([3_000, 3_000, 3_000]));
  });

  /** A checkout with a key of its own, on which nobody waits. */
  const buying = (): CheckoutWish => ({ lines: [{ variantId, quantity: 1 }], idempotencyKey: freshKey('checkout'), wait: 'ACCEPTED' });

  async function priceAt(graph: Graph): Promise<number | undefined> {
    const query = 'query($ids: [ID!]!) { variants(ids: $ids) { price { amount } } }';
    const { data } = await graph.post(JSON.stringify({ query, variables: { ids: [variantId] } }));
    return (data as { readonly variants: readonly { readonly price: { readonly amount: number } }[] }).variants[0]?.price.amount;
  }

  async function setPrice(graph: Graph, token: string, price: number): Promise<void> {
    const { variantPriceSet } = await graph.ask('VariantPriceSet', { input: { variantId, price, currency: 'EUR' } }, { token });
    expect(variantPriceSet?.userErrors).toEqual([]);
  }
});

/** What became of so many checkouts at once, half of them at each gateway. */
const spread = (at: readonly [Shopper, Shopper], times: number, wish: () => CheckoutWish): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: times }, (_, turn) => attempted(at[(turn % 2) as 0 | 1], wish())));

/** What became of a checkout: the id of its order, or the code with which it was refused. */
async function attempted(shopper: Shopper, wish: CheckoutWish): Promise<string> {
  try {
    return (await shopper.order(wish)).id;
  } catch (error) {
    return /"code":"(\w+)"/.exec(String(error))?.[1] ?? String(error);
  }
}

/** The code with which somebody unknown is turned away. */
async function attemptedLogin(graph: Graph): Promise<string | undefined> {
  const { data, errors } = await graph.send('Login', { input: { email: freshEmail(), password: 'correct horse battery' } });
  return errors[0]?.extensions?.code ?? data?.login?.userErrors[0]?.code;
}

async function redisAt(gateway: string): Promise<readonly unknown[]> {
  const response = await fetch(`${gateway}/health/ready`);
  const { dependencies } = (await response.json()) as { readonly dependencies: { readonly redis?: string } };
  return [response.status, dependencies.redis];
}
