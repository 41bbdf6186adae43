import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinctSlug, isSlug, slugOf } from './slug.ts';

test.each([
  ['Enamel Mug', 'enamel-mug'],
  ['  Crème Brûlée — Set of 2! ', 'creme-brulee-set-of-2'],
  ["Baker's Dozen", 'bakers-dozen'],
  ['Straße & Søn', 'strasse-son'],
  ['マグカップ', 'product'],
  ['x'.repeat(200), 'x'.repeat(80)],
])('%s is addressed as %s', (title, slug) => {
  expect(slugOf(title)).toBe(slug);
});

test('whatever the title, its slug is one, and so is the distinct form of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (title) => {
      expect(isSlug(slugOf(title))).toBe(true);
      expect(isSlug(distinctSlug(slugOf(title), 'prod_0193000000007000800000000000abcd'))).toBe(true);
    }),
  );
});

test('what is no slug is not looked up', () => {
  for (const text of ['', '-', 'a--b', 'A', 'a b', 'ä', 'a\0', 'x'.repeat(90)]) expect(isSlug(text)).toBe(false);
});
