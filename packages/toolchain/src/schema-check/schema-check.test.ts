import { describe, expect, test } from 'vitest';
import type { AcceptedBreak } from './accepted-breaks.ts';
import { composed, SHOP, shopWith, type Edit } from './a-shop.ts';
import { changesBetween } from './changes.ts';
import { readGraph } from './graph.ts';
import { judge } from './judge.ts';
import { promisedSources } from './operation-sources.ts';
import { readOperations } from './operations.ts';
import { placesIn } from './places.ts';
import { sentenceOf } from './report.ts';
import { shopChanges } from './shop-changes.ts';

const before = readGraph(composed(shopWith()), 'before');
const operations = promisedSources(SHOP).flatMap((source) => readOperations(source).operations);

async function judged(edits: readonly Edit[], accepted: readonly AcceptedBreak[] = []) {
  const subgraphs = shopWith(...edits);
  const after = readGraph(composed(subgraphs), 'after');
  const changes = await changesBetween(before, after);
  const now = new Date('2026-11-21T12:00:00Z');
  return judge({ before, after, changes, operations, former: [], accepted, now, places: placesIn(subgraphs) });
}

test.each(shopChanges)('$change', async ({ edits, found }) => {
  const { findings, invalid } = await judged(edits);

  expect(findings.map((finding) => `${finding.verdict}: ${sentenceOf(finding)}`).sort()).toEqual([...found].sort());
  expect(invalid).toEqual([]);
});

describe('a finding', () => {
  test('stands where its coordinate is declared', async () => {
    const { findings } = await judged([['payments', 'amount: Int!', 'amount: Float!']]);

    expect(findings).toMatchObject([{ coordinate: 'Payment.amount', where: 'subgraphs/payments.graphql:9:3' }]);
  });

  test('about something that is gone stands at what held it, in the subgraph that owned it', async () => {
    const { findings } = await judged([['payments', '  payment: Payment\n', '  paid: Int\n']]);

    expect(findings[0]).toMatchObject({ coordinate: 'Order.payment', where: 'subgraphs/payments.graphql:12:6' });
  });

  test('names the operations with their places', async () => {
    const { findings } = await judged([['orders', '  total: Int!\n', '']]);

    expect(findings[0]?.breaks).toContainEqual({
      operation: 'Follow',
      client: 'Tracker',
      where: 'examples/tracker/src/documents.ts:11:3',
      former: false,
    });
  });

  test('is accepted until the end of its day', async () => {
    const edit: Edit = ['orders', '  total: Int!\n', ''];
    const accepted = { coordinate: 'Order.total', reason: 'sum replaces it', until: '2026-11-21' };

    const today = await judged([edit], [accepted]);
    const tomorrow = await judged([edit], [{ ...accepted, until: '2026-11-20' }]);

    expect(today.findings).toMatchObject([{ accepted }]);
    expect(tomorrow.findings).toMatchObject([{ accepted: null }]);
  });
});

describe('API schemas', () => {
  const compared = async (from: string, to: string) =>
    (await changesBetween(readGraph(from, 'before'), readGraph(to, 'after'))).map(({ verdict, what }) => `${verdict}: ${what}`);

  test('are compared without what stands behind them', async () => {
    const from = 'directive @internal on OBJECT  type Query @internal { all: [Int] }';

    expect(await compared(from, 'type Query { all: [Int]  first: Int }')).toEqual(['safe: added field Query.first: Int']);
  });

  test('may have directives that clients send', async () => {
    const query = 'type Query { a: Int }';

    expect(await compared(`directive @live on QUERY  ${query}`, query)).toEqual(['breaking: removed directive @live']);
    expect(await compared(query, `directive @live on QUERY  ${query}`)).toEqual(['safe: added directive @live']);
  });

  test('may make an input one of its fields', async () => {
    const schema = (oneOf: string) => `input Key ${oneOf} { id: ID  slug: String }  type Query { a(key: Key): Int }`;

    expect(await compared(schema(''), schema('@oneOf'))).toEqual(['breaking: made input Key @oneOf']);
    expect(await compared(schema('@oneOf'), schema(''))).toEqual(['safe: input Key is no longer @oneOf']);
  });

  test('may deprecate arguments, inputs and values, and think better of it', async () => {
    const schema = (mark: string) =>
      `type Query { a(b: Int ${mark}, c: C, d: D): Int ${mark} }  input C { e: Int ${mark} }  enum D { F ${mark}  G }`;

    expect(await compared(schema(''), schema('@deprecated'))).toEqual([
      'safe: deprecated input field C.e',
      'safe: deprecated enum value D.F',
      'safe: deprecated field Query.a',
      'safe: deprecated argument Query.a(b:)',
    ]);
    expect(await compared(schema('@deprecated'), schema(''))).toEqual([
      'safe: no longer deprecated: enum value D.F',
      'safe: no longer deprecated: field Query.a',
    ]);
  });

  test('may change what a type is', async () => {
    expect(await compared('type Query { a: A }  scalar A', 'type Query { a: A }  enum A { B }')).toEqual([
      'breaking: changed type A from scalar to enum',
    ]);
  });

  test('are refused when they are neither that nor a supergraph', () => {
    expect(() => readGraph('type Query {', 'old.graphql')).toThrow('old.graphql is neither a supergraph nor an API schema: Syntax Error');
  });
});

test('an operation that only the new schema refuses is told, though no change is a breaking one', async () => {
  const schema = (type: string) => `type Query { all: [Any] }  union Any = A | B  type A { size: Int }  type B { size: ${type} }`;
  const [from, to] = [readGraph(schema('Int'), 'before'), readGraph(schema('Int!'), 'after')];
  const { operations: sent } = readOperations({
    client: null,
    files: [{ file: 'sizes.graphql', text: 'query Sizes { all { ... on A { size } ... on B { size } } }' }],
  });

  const changes = await changesBetween(from, to);
  const { findings, invalid } = judge({
    before: from,
    after: to,
    changes,
    operations: sent,
    former: [],
    accepted: [],
    now: new Date(),
    places: () => null,
  });

  expect(findings).toMatchObject([{ verdict: 'safe', what: 'tightened field B.size from Int to Int!' }]);
  expect(invalid).toMatchObject([
    { operation: 'Sizes', where: 'sizes.graphql:1:32', message: expect.stringContaining('conflict') as string },
  ]);
});
