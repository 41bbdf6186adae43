import { parse, Source } from 'graphql';
import { expect, test } from 'vitest';
import { schemaProblems } from './schema-rules.ts';

function schema(name: string, sdl: string) {
  return { name, typeDefs: parse(new Source(sdl, `${name}.graphql`)) };
}

test('an input type in two subgraphs is reported where it occurs again', () => {
  const problems = schemaProblems([schema('orders', 'input Line { id: ID! }'), schema('payments', '\ninput Line { id: ID! }')]);

  expect(problems).toEqual([
    { where: 'payments.graphql:2:7', what: 'input Line is already declared in orders; an input belongs to one subgraph' },
  ]);
});

test('a type that implements Node without a stub in users is reported', () => {
  const order = schema('orders', 'interface Node { id: ID! } type Order implements Node { id: ID! }');
  const stub = 'type Order implements Node { id: ID! }';

  expect(schemaProblems([order, schema('users', 'interface Node { id: ID! }')])).toMatchObject([{ where: 'orders.graphql:1:33' }]);
  expect(schemaProblems([order, schema('users', `interface Node { id: ID! } ${stub}`)])).toEqual([]);
});
