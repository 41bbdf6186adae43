import { generateSigningKey } from '@tally/identity';
import { openSql, type Row } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createPeople } from '../src/client/people.ts';
import { openWorld } from '../src/client/world.ts';
import { startInOneProcess } from '../src/topologies/in-one-process.ts';
import { freshKeys } from '../src/topologies/keys.ts';
import { cloneEmptyShop } from './empty-shop.ts';
import { printOnFailure } from './print-on-failure.ts';

/** Who must have taken in what, of one order. */
const consumers: readonly { readonly subgraph: string; readonly topics: readonly string[]; readonly types?: readonly string[] }[] = [
  { subgraph: 'products', topics: ['products.commands.v1'] },
  { subgraph: 'payments', topics: ['payments.commands.v1'] },
  { subgraph: 'orders', topics: ['products.stock.v1', 'payments.payment.v1'] },
  { subgraph: 'notifications', topics: ['orders.order.v1'], types: ['OrderPlaced'] },
];

test('embedded, every event of an order still passes the tables of the log, and every consumer its inbox', async () => {
  await using database = await cloneEmptyShop();
  await using system = await startInOneProcess(database);
  printOnFailure(() => system.logs());
  await using world = openWorld(system.urls);
  const people = createPeople(world.graph, system.keys.users);
  const { variants } = await (await people.staff()).createProduct({ stock: [1] });
  const shopper = await people.buyer();
  await shopper.addPaymentMethod('tok_ok');

  const { id } = await shopper.order({ lines: [{ variantId: variants[0]?.id ?? '', quantity: 1 }] });
  await shopper.until(id, 'PROCESSING');
  await system.platform.caughtUp();

  await using sql = await openSql(database.urls.auditor);
  const logged = await sql.rows('SELECT topic, event_id, sequence, type FROM event_log.record WHERE key = ANY($1)', [[id, shopper.id]]);
  for (const subgraph of ['orders', 'products', 'payments', 'notifications']) {
    const sent = await sql.rows(`SELECT topic, event_id, sequence, type FROM ${subgraph}.outbox WHERE key = ANY($1)`, [[id, shopper.id]]);
    expect(sent.length, `outbox of ${subgraph}`).toBeGreaterThan(0);
    expect(logged).toEqual(expect.arrayContaining([...sent]));
  }
  expect([...new Set(logged.map(({ topic }) => topic))].sort()).toEqual([
    'notifications.notification.v1',
    'orders.buyer.v1',
    'orders.order.v1',
    'payments.commands.v1',
    'payments.payment.v1',
    'products.commands.v1',
    'products.stock.v1',
  ]);
  for (const { subgraph, topics, types } of consumers) {
    const received = logged.filter(({ topic, type }) => topics.includes(String(topic)) && types?.includes(String(type)) !== false);
    const taken = await sql.rows(`SELECT event_id FROM ${subgraph}.inbox WHERE state = 'DONE' AND event_id = ANY($1)`, [
      received.map(eventId),
    ]);
    expect(taken.map(eventId).sort(), `inbox of ${subgraph}`).toEqual(received.map(eventId).sort());
  }
});

test('embedded, a subgraph refuses a gateway whose key it does not know', async () => {
  await using database = await cloneEmptyShop();
  const { publicJwk } = await generateSigningKey();
  const keys = await freshKeys();
  // Under the same name, so that only the signature tells the two apart.
  const strange = { ...keys, gateway: { ...keys.gateway, publicJwk: { ...publicJwk, kid: keys.gateway.kid } } };
  await using system = await startInOneProcess(database, { keys: strange });
  await using world = openWorld(system.urls);

  const answers = await Promise.all([
    world.graph.send('Categories', {}),
    world.graph.send('Account', {}),
    world.graph.send('CartLinesAdd', { input: { lines: [] } }),
    world.graph.send('Account', {}, { token: await createPeople(world.graph, keys.users).token() }),
  ]);

  for (const { data, errors } of answers) {
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual([
      expect.stringMatching(/^(INTERNAL|UNAUTHENTICATED|SUBGRAPH_UNAVAILABLE)$/),
    ]);
  }
  expect(system.logs()).toContain('gateway token refused');
});

const eventId = (row: Row): string => String(row['event_id']);
