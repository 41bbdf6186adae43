import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '../repository.ts';
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

test('what is no map of subgraphs is refused', () => {
  expect(() => parseSupergraphConfig('subgraphs:\n  - orders\n')).toThrow('supergraph.yaml: subgraphs is no map');
});

test('a line that is no YAML is refused by number', () => {
  expect(() => parseSupergraphConfig('subgraphs:\n  orders:\n   routing_url: [\n')).toThrow(/^supergraph\.yaml:\d: /);
});

test('the committed one is pinned to the composition that is installed, as rover wants it', () => {
  const installed = JSON.parse(readFileSync(inRoot('node_modules', '@apollo', 'composition', 'package.json'), 'utf8')) as {
    version: string;
  };
  const pinned = /^federation_version: =(\S+)$/m.exec(readFileSync(inRoot('supergraph.yaml'), 'utf8'))?.[1];

  expect(pinned).toBe(installed.version);
});
