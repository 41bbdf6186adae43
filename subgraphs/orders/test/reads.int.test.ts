import { newId, toUuid, type Id } from '@tally/kernel';
import { openSql } from '@tally/testkit';
import { expect, test } from 'vitest';
import { createBuyer, type OrderShown } from './buyer.ts';
import { anOrdersWorld, type OrdersWorld } from './orders-world.ts';

const pageQuery = `query($id: ID!, $first: Int, $after: String, $phase: OrderPhase) {
  _entities(representations: [{ __typename: "User", id: $id }]) { ... on User { orders(first: $first, after: $after, phase: $phase) {
    edges { cursor node { id number lines { title variant { id } } shipments { id lines { id } } timeline { status order { id } } buyer { id } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } } }`;
interface Page {
  readonly edges: readonly {
    readonly cursor: string;
    readonly node: { readonly id: string; readonly lines: readonly unknown[]; readonly timeline: readonly unknown[] };
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null };
}

async function pageOf(world: OrdersWorld, userId: Id<'usr'>, variables: Record<string, unknown>): Promise<Page> {
  const { data, errors } = await world.ask(
    { userId },
    pageQuery.replaceAll('$id: ID!, ', '').replace('id: $id', `id: "${userId}"`),
    variables,
  );
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return (data?.['_entities'] as readonly { orders: Page }[])[0]!.orders;
}

async function buyerWith(world: OrdersWorld, orders: number) {
  const [mug, spoon] = await world.sells({}, {});
  const buyer = world.buyer();
  const placed: OrderShown[] = [];
  for (let n = 0; n < orders; n++) placed.push(await buyer.buys(mug!, spoon!));
  return { buyer, placed, buyMore: () => buyer.buys(mug!) };
}

test('a buyer’s orders come newest first, each exactly once, also while new ones arrive', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const { buyer, placed, buyMore } = await buyerWith(world, 7);
  // Two of the same moment: the id decides.
  await world.sql.execute(`UPDATE orders SET placed_at = (SELECT min(placed_at) FROM orders) WHERE counter <= 2`);

  const seen: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < 4; page++) {
    const { edges, pageInfo } = await pageOf(world, buyer.userId, { first: 2, after });
    seen.push(...edges.map(({ node }) => node.id));
    after = pageInfo.endCursor;
    expect(pageInfo).toMatchObject({ hasNextPage: page < 3, hasPreviousPage: page > 0 });
    if (page === 0) await buyMore();
  }

  expect([...seen].sort()).toEqual(placed.map(({ id }) => id).sort());
  expect(seen.slice(0, 5)).toEqual(
    placed
      .slice(2)
      .reverse()
      .map(({ id }) => id),
  );
});

test('a page filters by phase; its cursors belong to the filter', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const { buyer, placed } = await buyerWith(world, 3);
  await buyer.cancel(placed[1]!.id);

  const ids = async (phase: string | null) => (await pageOf(world, buyer.userId, { first: 10, phase })).edges.map(({ node }) => node.id);
  expect(await ids('UNSUCCESSFUL')).toEqual([placed[1]!.id]);
  expect(await ids('OPEN')).toEqual([placed[2]!.id, placed[0]!.id]);
  expect(await ids('COMPLETED')).toEqual([]);
  expect(await ids(null)).toHaveLength(3);

  const { pageInfo } = await pageOf(world, buyer.userId, { first: 1, phase: 'OPEN' });
  for (const variables of [
    { first: 1, after: pageInfo.endCursor },
    { first: 1, after: 'nonsense' },
    { first: 0 },
    { first: 101 },
    { first: null },
  ]) {
    const answer = await world.ask(
      { userId: buyer.userId },
      pageQuery.replaceAll('$id: ID!, ', '').replace('id: $id', `id: "${buyer.userId}"`),
      variables,
    );
    expect(
      answer.errors?.map(({ extensions }) => extensions.code),
      JSON.stringify(variables),
    ).toEqual(['BAD_USER_INPUT']);
  }
});

test('orders are counted only when asked for, by phase', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const { buyer, placed } = await buyerWith(world, 3);
  await buyer.cancel(placed[0]!.id);
  const count =
    'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { all: orders(first: 1) { totalCount } open: orders(phase: OPEN) { totalCount } } } }';

  world.statements();
  await pageOf(world, buyer.userId, { first: 1 });
  expect(world.statements().some((text) => text.includes('count('))).toBe(false);
  expect((await buyer.data<{ _entities: unknown }>(count, { r: [{ __typename: 'User', id: buyer.userId }] }))._entities).toEqual([
    { all: { totalCount: 3 }, open: { totalCount: 2 } },
  ]);
});

test('statements do not grow with the page, nor with aliases of one entity', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const { buyer, placed } = await buyerWith(world, 30);
  const statementsOf = async (work: () => Promise<unknown>) => {
    world.statements();
    await work();
    return world.statements().length;
  };
  await pageOf(world, buyer.userId, { first: 30 });

  const counts = [1, 10, 30].map((first) => () => statementsOf(() => pageOf(world, buyer.userId, { first })));
  const [one, ten, thirty] = [await counts[0]!(), await counts[1]!(), await counts[2]!()];
  expect(one).toBe(5); // page, lines, shipments, timeline, orders of the timeline
  expect([ten, thirty]).toEqual([one, one]);

  const entities =
    '($r: [_Any!]!) { _entities(representations: $r) { ... on Order { id lines { id } shipments { id } timeline(first: 3) { status } } } }';
  const references = placed.map(({ id }) => ({ __typename: 'Order', id }));
  expect(await statementsOf(() => buyer.data(`query ${entities}`, { r: references }))).toBe(4);
  expect(
    await statementsOf(() =>
      buyer.data(`query($a: ID!, $b: ID!) { a: order(id: $a) { lines { id } } b: order(id: $b) { lines { id } } }`, {
        a: placed[0]!.id,
        b: placed[1]!.id,
      }),
    ),
  ).toBe(2);
});

test('A10: somebody else’s order and one that does not exist look alike, by id, by number and as an entity', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const { placed } = await buyerWith(world, 1);
  const mine = placed[0]!;
  const stranger = world.buyer();
  const byId = 'query($id: ID!) { order(id: $id) { id } }';
  const byNumber = 'query($n: String!) { order(number: $n) { id } }';

  const foreign = await stranger.ask(byId, { id: mine.id });
  expect(foreign).toMatchObject({ data: { order: null }, errors: [{ extensions: { code: 'NOT_FOUND' }, path: ['order'] }] });
  expect(await stranger.ask(byId, { id: newId('ord') })).toEqual(foreign);
  const foreignNumber = await stranger.ask(byNumber, { n: mine.number });
  expect(foreignNumber).toMatchObject({ data: { order: null }, errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  for (const n of ['00000000', 'nonsense!']) expect(await stranger.ask(byNumber, { n })).toEqual(foreignNumber);
  expect((await stranger.cancel(mine.id)).userErrors).toEqual((await stranger.cancel(newId('ord'))).userErrors);
  expect((await stranger.cancel(mine.id)).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['orderId'] }]);
  const entities =
    'query($r: [_Any!]!) { _entities(representations: $r) { ... on Order { id total { amount } } ... on Cart { id } ... on User { orders { totalCount } cart { id } } } }';
  const references = [mine.id, newId('ord'), 'nonsense', newId('cart')].map((id) => ({ __typename: 'Order', id }));
  expect(
    await stranger.ask(entities, { r: [...references, { __typename: 'Cart', id: 'nonsense' }, { __typename: 'User', id: 'nonsense' }] }),
  ).toMatchObject({ data: { _entities: [null, null, null, null, null, null] } });
  const anonymous = await world.ask({}, byId, { id: mine.id });
  expect(anonymous).toMatchObject({ data: { order: null }, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
});

test('staff who may read all read all, but no carts', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const { buyer, placed } = await buyerWith(world, 2);
  const [mug] = await world.sells({});
  await buyer.cart('cartLinesSet', { lines: [{ variantId: mug, quantity: 1 }] });
  const staff = createBuyer(world, newId('usr'), ['orders:read:any']);

  expect((await staff.order(placed[0]!.id)).number).toBe(placed[0]!.number);
  const query =
    'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { cart { id } orders { edges { node { id buyer { id } } } totalCount } } } }';
  const { _entities: entities } = await staff.data<{ _entities: unknown }>(query, {
    r: [buyer.userId, newId('usr')].map((id) => ({ __typename: 'User', id })),
  });
  expect(entities).toMatchObject([
    { cart: null, orders: { totalCount: 2, edges: [{ node: { buyer: { id: buyer.userId } } }, {}] } },
    { cart: null, orders: { totalCount: 0, edges: [] } },
  ]);
  expect((await staff.cancel(placed[0]!.id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  const fulfilment = createBuyer(world, newId('usr'), ['orders:fulfil']);
  expect(await fulfilment.cancel(placed[0]!.id, { reason: 'FRAUD' })).toMatchObject({
    userErrors: [],
    order: { status: 'CANCELLED', cancelReason: 'FRAUD' },
  });
});

test('a timeline is read in parts', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const { buyer, placed } = await buyerWith(world, 1);
  await buyer.cancel(placed[0]!.id);
  const timeline = async (args: string) =>
    (await buyer.ask(`query($id: ID!) { order(id: $id) { timeline${args} { sequence status } } }`, { id: placed[0]!.id })) as unknown as {
      data: { order: { timeline: unknown } | null };
      errors?: readonly { extensions: { code: string } }[];
    };

  expect((await timeline('')).data.order?.timeline).toEqual([
    { sequence: 1, status: 'PENDING' },
    { sequence: 2, status: 'CANCELLED' },
  ]);
  expect((await timeline('(first: 1)')).data.order?.timeline).toEqual([{ sequence: 1, status: 'PENDING' }]);
  expect((await timeline('(afterSequence: 1)')).data.order?.timeline).toEqual([{ sequence: 2, status: 'CANCELLED' }]);
  expect((await timeline('(afterSequence: null)')).data.order?.timeline).toHaveLength(2);
  for (const args of ['(first: 0)', '(first: 101)', '(afterSequence: -1)'])
    expect((await timeline(args)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

test('the page of a buyer and the sweep use the indexes made for them', async () => {
  await using world = await anOrdersWorld({ config: { roles: ['api'] } });
  const { buyer } = await buyerWith(world, 1);
  const plan = async (text: string, values: readonly unknown[] = []) => {
    await using lean = await openSql(`${world.config.databaseUrl}?options=-c%20enable_seqscan%3Doff`);
    return JSON.stringify(await lean.rows(`EXPLAIN (FORMAT JSON) ${text}`, values));
  };

  expect(
    await plan('SELECT id FROM orders WHERE buyer_id = $1 AND (placed_at, id) < (now(), $1) ORDER BY placed_at DESC, id DESC LIMIT 20', [
      toUuid(buyer.userId),
    ]),
  ).toContain('orders_buyer_id_placed_at_id_idx');
  expect(await plan('SELECT order_id FROM saga WHERE wake_at <= now() ORDER BY wake_at LIMIT 50')).toContain('saga_wake');
});
