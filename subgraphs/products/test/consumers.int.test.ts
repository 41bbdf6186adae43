import { lockedSequence, outgoing, type MessageType } from '@tally/events';
import { newId, toUuid, type Id } from '@tally/kernel';
import { createPostgresEventLog } from '@tally/messaging';
import { allTopics } from '@tally/subgraph-kit';
import { eventually } from '@tally/testkit';
import { createLogger } from '@tally/runtime';
import { expect, test } from 'vitest';
import { demoVariantIds } from '../../../prisma/products/seed.ts';
import { openGraph, type Graph } from './graph.ts';
import { anOrder } from './world.ts';

const print = demoVariantIds.get('PRINT-LIMITED-3') as Id<'var'>;
const white = demoVariantIds.get('MUG-ENAMEL-WHITE') as Id<'var'>;

/** Orders' side of the log: sends commands and reads what was answered. */
function ordersOn(graph: Graph) {
  const log = createPostgresEventLog({
    databaseUrl: graph.database.urls.event_log.app,
    topics: allTopics(),
    logger: createLogger({ service: 'orders', level: 'silent' }),
    wake: 'process',
  });
  return {
    async send<M extends MessageType<'products.commands.v1'>>(
      orderId: Id<'ord'>,
      sequence: number,
      type: M,
      body: Omit<Parameters<typeof outgoing<'products.commands.v1', M>>[2]['data'], 'commandId' | 'order'>,
    ) {
      const commandId = newId('cmd');
      const data = { commandId, order: { id: orderId }, ...body } as never;
      const {
        id,
        topic,
        key,
        data: payload,
      } = outgoing('products.commands.v1', type, { key: orderId, sequence: lockedSequence(sequence), data });
      await log.append([
        {
          topic,
          key,
          eventId: id,
          type,
          sequence,
          time: new Date(),
          traceparent: null,
          tracestate: null,
          payload: JSON.stringify(payload),
        },
      ]);
      return commandId;
    },
    replies: async (orderId: Id<'ord'>) =>
      (
        await graph.sql.rows(
          `SELECT type, payload::jsonb ->> 'commandId' AS command FROM outbox WHERE topic = 'products.stock.v1' AND key = $1 AND published_at IS NOT NULL ORDER BY id`,
          [orderId],
        )
      ).map(({ type, command }) => `${String(type)} ${String(command)}`),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

test('commands on the log are carried out and answered on the log, each under its own id', { timeout: 60_000 }, async () => {
  await using graph = await openGraph({ seeded: true, worker: true });
  await using orders = ordersOn(graph);
  const [sold, refused, cancelled] = [anOrder(), anOrder(), anOrder()];
  const two = {
    lines: [
      { variantId: print, quantity: 2 },
      { variantId: white, quantity: 1 },
    ],
  };

  const reserve = await orders.send(sold, 1, 'ReserveStock', two);
  const commit = await orders.send(sold, 2, 'CommitStock', {});
  await eventually(async () => {
    expect(await orders.replies(sold)).toEqual([`StockReserved ${reserve}`, `StockCommitted ${commit}`]);
  });
  const short = await orders.send(refused, 1, 'ReserveStock', two);
  const early = await orders.send(cancelled, 1, 'ReleaseStock', { reason: 'CUSTOMER' });
  const late = await orders.send(cancelled, 2, 'ReserveStock', two);

  await eventually(async () => {
    expect(await orders.replies(refused)).toEqual([`StockRejected ${short}`]);
  });
  await eventually(async () => {
    expect(await orders.replies(cancelled)).toEqual([`StockReleased ${early}`, `StockRejected ${late}`]);
  });
  expect(await graph.sql.rows('SELECT available, reserved FROM stock WHERE variant_id = $1', [toUuid(print)])).toEqual([
    { available: 1, reserved: 0 },
  ]);
});

test('selling what was never reserved parks its order, while others go on', { timeout: 60_000 }, async () => {
  await using graph = await openGraph({ seeded: true, worker: true });
  await using orders = ordersOn(graph);
  const [impossible, ordinary] = [anOrder(), anOrder()];

  await orders.send(impossible, 1, 'CommitStock', {});
  const reserve = await orders.send(ordinary, 1, 'ReserveStock', { lines: [{ variantId: white, quantity: 1 }] });

  await eventually(async () => {
    expect(await orders.replies(ordinary)).toEqual([`StockReserved ${reserve}`]);
  });
  await eventually(async () => {
    expect(await graph.sql.rows('SELECT key, type FROM dead_letter')).toEqual([{ key: impossible, type: 'CommitStock' }]);
  });
  expect(await orders.replies(impossible)).toEqual([]);
});

test('a product that sells out leaves the searches for things in stock by its own events', { timeout: 60_000 }, async () => {
  await using graph = await openGraph({ seeded: true, worker: true });
  await using orders = ordersOn(graph);
  const inStock = async () =>
    (
      await graph.data<{ products: { totalCount: number } }>(
        '{ products(query: "PRINT-LIMITED-3", filter: { inStock: true }) { totalCount } }',
      )
    ).products.totalCount;
  expect(await inStock()).toBe(1);
  const orderId = anOrder();

  await orders.send(orderId, 1, 'ReserveStock', { lines: [{ variantId: print, quantity: 3 }] });
  await eventually(async () => {
    expect(await inStock()).toBe(0);
  });
  await orders.send(orderId, 2, 'ReleaseStock', { reason: 'TIMEOUT' });
  await eventually(async () => {
    expect(await inStock()).toBe(1);
  });
});
