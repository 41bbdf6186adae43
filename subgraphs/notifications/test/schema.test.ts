import { readFileSync } from 'node:fs';
import { schemaFaults } from '@tally/testkit';
import { expect, test } from 'vitest';
import { resolvers } from '../src/graphql/resolvers.ts';

const typeDefs = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

test('every resolver stands for a field, every root field has one, and no entity is echoed', () => {
  expect(schemaFaults(typeDefs, resolvers)).toEqual([]);
});
