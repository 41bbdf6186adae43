import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, fingerprint } from './fingerprint.ts';

test('the order of members and absent members do not change what is meant', () => {
  expect(fingerprint({ a: 1, b: { d: null, c: [1, 2] } })).toBe(fingerprint({ b: { c: [1, 2] }, a: 1, e: undefined }));
});

test('what is left out does not count, everything else does', () => {
  const input = { lines: [{ id: 'x', quantity: 1 }], idempotencyKey: 'k', wait: 'SETTLED' };
  expect(fingerprint(input, ['idempotencyKey', 'wait'])).toBe(
    fingerprint({ ...input, idempotencyKey: 'other', wait: 'ACCEPTED' }, ['idempotencyKey', 'wait']),
  );
  expect(fingerprint(input)).not.toBe(fingerprint({ ...input, idempotencyKey: 'other' }));
  expect(fingerprint({ lines: [1, 2] })).not.toBe(fingerprint({ lines: [2, 1] }));
});

test('equal fingerprints are equal intent', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (left, right) => {
      expect(fingerprint(left) === fingerprint(right)).toBe(canonicalJson(left) === canonicalJson(right));
    }),
  );
});

test('canonical JSON is JSON, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(JSON.parse(canonicalJson([text, { text }]))).toEqual([text, { text }]);
    }),
  );
});

test('what JSON has no word for is refused', () => {
  expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
  expect(() => canonicalJson({ big: 1n })).toThrow(TypeError);
});
