import { startRedis } from '@tally/infra';
import { toUuid, type Id } from '@tally/kernel';
import { openRedis, redisAddressOf, redisSettings, type RedisAddress } from '@tally/redis';
import { createLogger } from '@tally/runtime';
import { eventually, freshKey, infra, openSql } from '@tally/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { demoVariantIds, productIdAt } from '../../../prisma/products/seed.ts';
import { openGraph, staffScopes, type Graph } from './graph.ts';

const mugId = productIdAt(0);
const white = demoVariantIds.get('MUG-ENAMEL-WHITE') as Id<'var'>;
const page = `{ product(id: "${mugId}") { title version category { name } seller { name } } variants(ids: ["${white}"]) { price { amount } } }`;
const setPrice = 'mutation ($input: VariantPriceInput!) { variantPriceSet(input: $input) { userErrors { code } } }';
const priced = (amount: number) => ({ input: { variantId: white, price: amount, currency: 'EUR' } });

function redisAt(url: string): RedisAddress {
  const address = redisAddressOf(z.object(redisSettings).parse({ REDIS_URL: url, REDIS_PREFIX: `${freshKey('products')}:` }));
  if (address === null) throw new Error('no address');
  return address;
}

/** Nothing is answered to anybody for so long. */
async function pause(address: RedisAddress, ms: number): Promise<void> {
  await using operator = await openRedis({ address, name: 'operator', logger: createLogger({ service: 'test', level: 'silent' }) });
  await operator.run((to) => to.call('CLIENT', 'PAUSE', ms, 'ALL'));
}

async function priceOf(graph: Graph): Promise<number | undefined> {
  const { variants } = await graph.data<{ readonly variants: readonly [{ readonly price: { readonly amount: number } } | null] }>(page);
  return variants[0]?.price.amount;
}

/** Asks until the rows of the page come from Redis. */
const warm = (graph: Graph): Promise<true> =>
  eventually(
    async () => {
      graph.statements();
      await graph.data(page);
      return graph.statements().length === 0 && (true as const);
    },
    { timeoutMs: 15_000 },
  );

describe.skipIf(infra.redisUrl === null)('a catalogue whose hot reads are on Redis', () => {
  test('what one process has read the other finds, and what one changes both see', { timeout: 60_000 }, async () => {
    const redis = redisAt(infra.redisUrl ?? '');
    await using one = await openGraph({ seeded: true, worker: true, redis });
    await using other = await one.beside({ redis });
    await warm(other);
    const first = await one.data(page);
    await warm(one);
    expect(await one.data(page)).toEqual(first);
    other.statements();
    expect(await other.data(page)).toEqual(first);
    expect(other.statements()).toEqual([]);

    await other.data(setPrice, priced(999), staffScopes);

    // At once, though the event is still on its way: they share the rows.
    expect([await other.data(page), await one.data(page)]).toMatchObject(Array(2).fill({ variants: [{ price: { amount: 999 } }] }));
  });

  test('F7 Redis stops and comes back with what it held: reads go on, and no old price is ever seen', { timeout: 60_000 }, async () => {
    await using server = await startRedis({ settings: { save: '3600 1' } });
    await using graph = await openGraph({ seeded: true, redis: redisAt(server.url) });
    await warm(graph);

    // Stopped by a signal it saves what it holds, as it is told to.
    await server.stop();
    await graph.data(setPrice, priced(999), staffScopes);
    const started = performance.now();
    for (let times = 0; times < 20; times += 1) expect(await priceOf(graph)).toBe(999);
    expect(performance.now() - started).toBeLessThan(3_000);

    await server.start();
    for (let warmed = false; !warmed;) {
      graph.statements();
      expect(await priceOf(graph)).toBe(999);
      warmed = graph.statements().length === 0;
    }
  });

  test(
    'F7 a Redis that is slow costs one read the deadline; a change made meanwhile is seen at once and stays',
    { timeout: 60_000 },
    async () => {
      await using server = await startRedis();
      const redis = redisAt(server.url);
      await using graph = await openGraph({ seeded: true, redis });
      await warm(graph);
      await pause(redis, 3_000);

      const started = performance.now();
      await graph.data(setPrice, priced(999), staffScopes);
      for (let times = 0; times < 20; times += 1) expect(await priceOf(graph)).toBe(999);
      expect(performance.now() - started).toBeLessThan(2_000);

      for (let warmed = false; !warmed;) {
        graph.statements();
        expect(await priceOf(graph)).toBe(999);
        warmed = graph.statements().length === 0;
      }
    },
  );

  test('while the log is away everything is read from the database, whatever Redis holds', { timeout: 60_000 }, async () => {
    const redis = redisAt(infra.redisUrl ?? '');
    await using graph = await openGraph({ seeded: true, redis });
    await using owner = await openSql(graph.database.urls.event_log.owner);
    await warm(graph);

    await owner.execute('ALTER TABLE topic_head RENAME TO gone');
    await graph.sql.execute('UPDATE product_variant SET amount = 555 WHERE id = $1', [toUuid(white)]);
    await eventually(async () => (await priceOf(graph)) === 555, { timeoutMs: 15_000 });
  });
});
