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
  'subscription { a: bellRang(hall: 1) { hall } b: bellRang(hall: 1) { hall } }',
  'subscription { __typename }',
  'subscription { bellRang(hall: 1) { ... @defer { hall } } }',
])('a subscription has one root field, of the graph: %s', (text) => {
  expect(codesOf(text)).toContain('GRAPHQL_VALIDATION_FAILED');
});
