import { expect, test } from 'vitest';
import { acceptsJson } from './accepts-json.ts';

test.each([
  [undefined, true],
  ['', true],
  ['*/*', true],
  ['application/json', true],
  ['application/graphql-response+json; charset=utf-8, application/json;q=0.9', true],
  ['text/html, application/*;q=0.1', true],
  ['multipart/mixed;deferSpec=20220824, application/json', true],
  ['text/html', false],
  ['image/png, application/json;q=0', false],
  ['application/json;q=0.0', false],
  ['multipart/mixed', false],
])('%s accepts an answer: %s', (accept, accepts) => {
  expect(acceptsJson(accept)).toBe(accepts);
});
