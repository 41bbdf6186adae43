import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { linkedNames } from './linked-names.ts';

const nameOf = linkedNames(
  parse(`
    schema
      @link(url: "https://specs.apollo.dev/authenticated/v0.1")
      @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", as: "needs")
      @link(url: "https://specs.apollo.dev/cost/v0.1", import: [{ name: "@listSize", as: "@long" }])
      @link(url: "https://shop.invalid/event-log/v1.0", as: "_0eventlog", import: ["@topic"])
    { query: Query }
    type Query { a: Int }
  `),
);

test('a directive named like its feature has the name of the link', () => {
  expect(nameOf('authenticated', 'authenticated')).toBe('authenticated');
  expect(nameOf('requiresScopes', 'requiresScopes')).toBe('needs');
});

test('an imported directive has the name it was imported by, another one a prefix', () => {
  expect(nameOf('cost', 'listSize')).toBe('long');
  expect(nameOf('event-log', 'topic')).toBe('topic');
  expect(nameOf('event-log', 'other')).toBe('_0eventlog__other');
});

test('a feature that is not linked has no names', () => {
  expect(nameOf('policy', 'policy')).toBeNull();
});
