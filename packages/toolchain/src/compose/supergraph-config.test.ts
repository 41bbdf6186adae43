import { expect, test } from 'vitest';
import { parseSupergraphConfig } from './supergraph-config.ts';

const ENTRY = `
# the whole list
federation_version: =2.14.4
subgraphs:
  orders:
    routing_url: http://127.0.0.1:4002/graphql # in front of the database
    schema:
      file: ./subgraphs/orders/schema.graphql
`;

test('an entry has a name, an address and a file seen from the repository', () => {
  expect(parseSupergraphConfig(ENTRY)).toEqual([
    { name: 'orders', routingUrl: 'http://127.0.0.1:4002/graphql', file: 'subgraphs/orders/schema.graphql' },
  ]);
});

test('an entry without a schema file is refused by name', () => {
  expect(() => parseSupergraphConfig('subgraphs:\n  orders:\n    routing_url: http://x\n')).toThrow(
    'orders needs routing_url and schema.file',
  );
});

test('a line that is no map is refused by number', () => {
  expect(() => parseSupergraphConfig('subgraphs:\n  - orders\n')).toThrow('supergraph.yaml:2');
});
