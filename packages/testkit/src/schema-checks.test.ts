import { expect, test } from 'vitest';
import { nodeStubsOf, nodeTypesOf, schemaFaults } from './schema-checks.ts';

const typeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar DateTime
  interface Node { id: ID! }
  union Thing = Mug | Cup
  type Query { mug(id: ID!): Mug }
  type Mug implements Node @key(fields: "id") @key(fields: "sku") { id: ID! sku: String! }
  type Cup implements Node @key(fields: "id", resolvable: false) { id: ID! }
  type Lid { colour: Colour }
  enum Colour { RED }
  input MugInput { sku: String! }
`;

const complete = {
  Query: { mug: () => null },
  Mug: { __resolveReference: () => null, sku: () => 'MUG' },
  Node: { __resolveType: () => 'Mug' },
  Thing: { __resolveType: () => 'Mug' },
  Colour: { RED: 1 },
};

const without = (name: keyof typeof complete): object => Object.fromEntries(Object.entries(complete).filter(([key]) => key !== name));

test('a complete map has no fault', () => {
  expect(schemaFaults(typeDefs, complete)).toEqual([]);
});

test.each<[string, object, string]>([
  ['a type that is not there', { ...complete, Bowl: {} }, 'the schema has no type Bowl'],
  ['a field that is not there', { ...complete, Lid: { size: () => 1 } }, 'the schema has no Lid.size'],
  ['an enum value that is not there', { ...complete, Colour: { BLUE: 1 } }, 'the schema has no Colour.BLUE'],
  ['an input', { ...complete, MugInput: { sku: () => '' } }, 'MugInput is an input and has no resolvers'],
  ['no reference for a resolvable key', without('Mug'), 'Mug has a resolvable key and no __resolveReference'],
  ['no resolver for a root field', without('Query'), 'Query.mug has no resolver'],
])('a map with %s has one fault', (_, resolvers, fault) => {
  expect(schemaFaults(typeDefs, resolvers)).toEqual([fault]);
});

test('nodes and stubs are told apart by their keys', () => {
  expect(nodeTypesOf(typeDefs)).toEqual(['Mug']);
  expect(nodeStubsOf(typeDefs)).toEqual(['Cup']);
});
