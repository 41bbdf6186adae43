import { expect, test } from 'vitest';
import { parseIdempotencyKey } from './idempotency.ts';

test.each(['a', ' ', 'x'.repeat(255), '5f2d1c1e-8f6e-4d7e-9f43-0a4f5f6e7a8b', `!"#$%&'()*+,-./:;<=>?@[]^_{|}~`])('%j is a key', (text) => {
  expect(parseIdempotencyKey(text)).toBe(text);
});

test.each(['', 'x'.repeat(256), 'a\n', '\ta', 'a\u007f', 'é', '💥', 'a\0', null, undefined, 7, {}, ['a']])('%j is none', (value) => {
  expect(parseIdempotencyKey(value)).toBeNull();
});
