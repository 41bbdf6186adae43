import { readFileSync } from 'node:fs';
import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { nodeStubsOf, nodeTypesOf } from '@tally/testkit';
import { nodeTypes } from '../src/domain/nodes.ts';
import { anonymous, aUsersWorld } from './world.ts';

const node = 'query ($id: ID!) { node(id: $id) { __typename id } }';
const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';

const sdlOf = (name: string): string => readFileSync(new URL(`../../${name}/schema.graphql`, import.meta.url), 'utf8');

test.each([
  ['prod', 'Product'],
  ['var', 'ProductVariant'],
  ['cat', 'Category'],
  ['sell', 'Seller'],
  ['cart', 'Cart'],
  ['ord', 'Order'],
  ['pay', 'Payment'],
] as const)('an id that begins with %s names a %s, and its owner says whether it exists', async (prefix, type) => {
  await using world = await aUsersWorld({ roles: ['api'] });
  const id = newId(prefix);
  world.statements.length = 0;

  expect(await world.ask(node, { id })).toMatchObject({ data: { node: { __typename: type, id } }, errors: [] });
  expect(world.statements).toEqual([]);
});

test('a user is a node for those who may see them', async () => {
  await using world = await aUsersWorld();
  const [ada, bob] = [await world.person(), await world.person()];

  expect((await world.ask(node, { id: ada.id }, ada.caller)).data).toEqual({ node: { __typename: 'User', id: ada.id } });
  for (const caller of [anonymous, bob.caller])
    expect(await world.ask(node, { id: ada.id }, caller)).toMatchObject({ data: { node: null }, errors: [] });
  expect((await world.ask(node, { id: newId('usr') }, ada.caller)).data).toEqual({ node: null });
});

test.each(['adr', 'ses', 'line', 'zzz', 'constructor'])('an id that begins with %s is no node', async (prefix) => {
  await using world = await aUsersWorld();

  expect(await world.ask(node, { id: newId('ord').replace('ord', prefix) })).toMatchObject({ data: { node: null }, errors: [] });
});

test.each(['', '1', 'ord_1', 'ORD_0190A8F00000700080000000000000AA', '../etc/passwd', "ord_' OR 1=1 --"])(
  '%j is BAD_USER_INPUT',
  async (id) => {
    await using world = await aUsersWorld();

    expect(await world.ask(node, { id })).toMatchObject({
      data: { node: null },
      errors: [{ path: ['node'], extensions: { code: 'BAD_USER_INPUT' } }],
    });
  },
);

test('nodes keeps the order, and a malformed id costs its own place alone', async () => {
  await using world = await aUsersWorld();
  const ada = await world.person();
  const order = newId('ord');

  const answer = await world.ask(nodes, { ids: [order, 'malformed', ada.id, newId('adr'), order] }, ada.caller);

  const named = { __typename: 'Order', id: order };
  expect(answer.data?.['nodes']).toEqual([named, null, { __typename: 'User', id: ada.id }, null, named]);
  expect(answer.errors).toMatchObject([{ path: ['nodes', 1], extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('nodes takes 250 ids', async () => {
  await using world = await aUsersWorld();
  const ids = Array.from({ length: 251 }, () => newId('ord'));

  expect((await world.ask(nodes, { ids: ids.slice(1) })).data?.['nodes']).toHaveLength(250);
  expect(await world.ask(nodes, { ids })).toMatchObject({
    data: null,
    errors: [{ path: ['nodes'], extensions: { code: 'BAD_USER_INPUT' } }],
  });
  expect((await world.ask(nodes, { ids: [] })).data).toEqual({ nodes: [] });
});

test('users has a stub for every node of the others, and a prefix for each', () => {
  const others = ['products', 'orders', 'payments', 'notifications'].flatMap((name) => nodeTypesOf(sdlOf(name)));

  expect([...nodeStubsOf(sdlOf('users'))].sort()).toEqual([...others].sort());
  expect([...nodeTypes].sort()).toEqual([...others, ...nodeTypesOf(sdlOf('users'))].sort());
});
