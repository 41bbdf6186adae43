import { expect, test } from 'vitest';
import { eventfulGeneration } from '../../test/streams-world.ts';
import { createReadDocuments } from './read-document.ts';

const read = (text: string, maxTokens = 1_000) => createReadDocuments({ maxTokens })(eventfulGeneration(), text);
const codesOf = (text: string, maxTokens?: number) => {
  const verdict = read(text, maxTokens);
  return verdict.ok ? [] : verdict.errors.map(({ extensions }) => extensions['code']);
};

test('a valid document is parsed once per generation and text', () => {
  const documents = createReadDocuments({ maxTokens: 100 });
  const generation = eventfulGeneration();
  const text = 'subscription { bellRang(hall: "n") { hall } }';

  expect(documents(generation, text)).toMatchObject({ ok: true, queryHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  expect(documents(generation, text)).toBe(documents(generation, text));
});

test('syntax errors and too many tokens are GRAPHQL_PARSE_FAILED', () => {
  expect(codesOf('subscription {')).toEqual(['GRAPHQL_PARSE_FAILED']);
  expect(codesOf('subscription { bellRang(hall: "n") { hall hall hall } }', 12)).toEqual(['GRAPHQL_PARSE_FAILED']);
});

test('what is not valid is told without suggestions', () => {
  const verdict = read('subscription { bellRan(hall: 1) { hall } }');

  expect(verdict).toMatchObject({
    ok: false,
    errors: [{ message: 'Cannot query field "bellRan" on type "Subscription".', locations: [{ line: 1, column: 16 }] }],
  });
});

test.each([
  'subscription ($x: Boolean!) { bellRang(hall: 1) @include(if: $x) { hall } }',
  'subscription { bellRang(hall: 1) @skip(if: false) { hall } }',
  'subscription ($x: Boolean!) { ...F @skip(if: $x) } fragment F on Subscription { bellRang(hall: 1) { hall } }',
  'subscription ($x: Boolean!) { ...F } fragment F on Subscription { ... { bellRang(hall: 1) @include(if: $x) { hall } } }',
  'subscription { a: bellRang(hall: 1) { hall } b: bellRang(hall: 1) { hall } }',
  'subscription { __typename }',
  'subscription { bellRang(hall: 1) { ... @defer { hall } } }',
])('a subscription has one root field that is always there: %s', (text) => {
  expect(codesOf(text)).toContain('GRAPHQL_VALIDATION_FAILED');
});

test('conditions below the root, and on other operations, are free', () => {
  expect(codesOf('subscription ($x: Boolean!) { bellRang(hall: 1) { hall @skip(if: $x) sequence } }')).toEqual([]);
  expect(codesOf('query ($x: Boolean!) { books @skip(if: $x) { id } }')).toEqual([]);
});
