import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '@tally/audit';
import { eventually, openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createPeople } from '../src/client/people.ts';
import type { Shopper } from '../src/client/shopper.ts';
import { openWorld } from '../src/client/world.ts';
import { startInOneProcess } from '../src/topologies/in-one-process.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { printOnFailure } from './print-on-failure.ts';

const units = 50;
const buyers = 500;

test('500 buyers of 50 units get 50 units, and stock is never less than nothing', async () => {
  await using database = await cloneEmptyShop();
  await using system = await startInOneProcess(database, { limits: 'load' });
  printOnFailure(() => system.logs());
  await using world = openWorld(system.urls);
  const people = createPeople(world.graph, system.keys.users);
  const { variants } = await (await people.staff()).createProduct({ title: 'The last fifty', stock: [units] });
  const variantId = variants[0]?.id ?? '';
  const crowd = await Promise.all(Array.from({ length: buyers }, () => aBuyerWithACard(people)));

  const samples: number[] = [];
  using sampling = sampleEvery(50, async () => {
    const [stock] = await world.stockOf([variantId]);
    samples.push(stock?.inventory.available ?? Number.NaN);
  });
  const orders = await Promise.all(
    crowd.map(async (shopper) => ({ shopper, id: (await shopper.order({ lines: [{ variantId, quantity: 1 }] })).id })),
  );
  const statuses = await untilAllEnded(database.urls.auditor, orders.length);
  sampling.throwIfFailed();

  expect(samples.length).toBeGreaterThan(5);
  expect(Math.min(...samples)).toBe(0);
  expect(samples).toEqual(samples.toSorted((left, right) => right - left));
  expect(statuses).toEqual({ PROCESSING: units, REJECTED: buyers - units });
  expect((await world.stockOf([variantId])).map(({ inventory }) => inventory)).toMatchObject([{ available: 0, reserved: 0 }]);
  const ledger = await world.simulator.ledger();
  expect(ledger.filter(({ operation, outcome }) => operation === 'capture' && outcome === 'succeeded')).toHaveLength(units);
  await system.platform.caughtUp();
  const findings = await checkInvariants({ auditorUrl: database.urls.auditor, ledger });
  expect(findings.flatMap(({ violations }) => violations)).toEqual([]);
});

async function aBuyerWithACard(people: { readonly buyer: () => Promise<Shopper> }): Promise<Shopper> {
  const shopper = await people.buyer();
  await shopper.addPaymentMethod('tok_ok');
  return shopper;
}

/** How many orders have which status, once none is under way. */
async function untilAllEnded(auditorUrl: string, expected: number): Promise<Readonly<Record<string, number>>> {
  await using sql = await openSql(auditorUrl);
  return await eventually(
    async () => {
      const rows = await sql.rows('SELECT status, count(*)::int AS orders FROM orders.orders GROUP BY status');
      const counts = Object.fromEntries(rows.map(({ status, orders }) => [String(status), Number(orders)]));
      expect((counts['PROCESSING'] ?? 0) + (counts['REJECTED'] ?? 0), JSON.stringify(counts)).toBe(expected);
      return counts;
    },
    { timeoutMs: 90_000 },
  );
}

/** Looks again and again until disposed. */
function sampleEvery(pauseMs: number, look: () => Promise<void>): Disposable & { readonly throwIfFailed: () => void } {
  const stop = new AbortController();
  let failure: unknown;
  void (async () => {
    while (!stop.signal.aborted) {
      await look();
      await delay(pauseMs, undefined, { signal: stop.signal });
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) failure = error;
  });
  return {
    throwIfFailed() {
      if (failure !== undefined) throw new Error('sampling failed', { cause: failure });
    },
    [Symbol.dispose]: () => {
      stop.abort();
    },
  };
}
