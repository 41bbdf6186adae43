import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '../repository.ts';
import { composeSupergraph, composeSubgraphs } from './compose-supergraph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';

function subgraph(name: string, sdl: string) {
  return { name, routingUrl: `http://${name}`, file: `${name}.graphql`, sdl: `${LINK}\n${sdl}` };
}

test('the committed supergraph is what the subgraphs compose to', () => {
  expect(composeSupergraph()).toEqual({ ok: true, supergraph: readFileSync(inRoot('gateway', 'supergraph.graphql'), 'utf8') });
});

test('a composition error names file and line of the subgraph', () => {
  const composed = composeSubgraphs([
    subgraph('orders', 'type Query { a: Int }\ntype Total @shareable { amount: Int }'),
    subgraph('payments', 'type Total @shareable { amount: String }'),
  ]);

  expect(composed).toMatchObject({ ok: false, problems: [{ where: expect.stringMatching(/^orders\.graphql:3:/) as string }] });
  expect(composed).toMatchObject({ problems: [{ what: expect.stringContaining('FIELD_TYPE_MISMATCH') as string }] });
});

test('a syntax error names file and line', () => {
  expect(composeSubgraphs([subgraph('orders', 'type Query {')])).toMatchObject({ ok: false, problems: [{ where: 'orders.graphql:2:13' }] });
});

test('a hint nobody meant is a problem, error codes that differ are not', () => {
  const query = 'type Query { code: ErrorCode  kind: Kind }';
  const codes = (codesOf: string, kinds: string) =>
    `enum ErrorCode { ${codesOf} }\nenum Kind { ${kinds} }\ntype Seen @shareable { code: ErrorCode  kind: Kind }`;

  const meant = composeSubgraphs([subgraph('orders', `${query}\n${codes('A', 'X')}`), subgraph('payments', codes('A B', 'X'))]);
  const unmeant = composeSubgraphs([subgraph('orders', `${query}\n${codes('A', 'X')}`), subgraph('payments', codes('A', 'X Y'))]);

  expect(meant).toMatchObject({ ok: true });
  expect(unmeant).toMatchObject({
    ok: false,
    problems: [{ what: expect.stringContaining('INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM') as string }],
  });
});
