import fc from 'fast-check';
import { money } from '@tally/kernel';
import { expect, test } from 'vitest';
import { checkDraft, isPrice, isSku, type ProductDraft } from './new-product.ts';
import { limits } from './limits.ts';

const variant = {
  sku: 'A-1',
  title: ' One ',
  price: 100,
  currency: 'EUR',
  onHand: 3,
  weightGrams: null,
  options: [{ name: 'Size', value: 'M' }],
};
const draft: ProductDraft = { title: ' Thing ', description: 'Two\nlines.', variants: [variant], attributes: [], tags: ['Gift', 'gift '] };
const refusalsOf = (changes: Partial<ProductDraft>) => {
  const outcome = checkDraft({ ...draft, ...changes }, { attributes: [] });
  return outcome.ok ? [] : outcome.refusal.map((refusal) => ('field' in refusal ? refusal.field.join('.') : refusal.kind));
};

test('a draft within all limits becomes a product: trimmed, tags in small letters and once', () => {
  expect(checkDraft(draft, { attributes: [] })).toEqual({
    ok: true,
    value: {
      title: 'Thing',
      description: 'Two\nlines.',
      tags: ['gift'],
      attributes: {},
      variants: [{ sku: 'A-1', title: 'One', price: money(100, 'EUR'), onHand: 3, weightGrams: null, options: variant.options }],
    },
  });
});

test('all broken rules are reported at once', () => {
  const broken = { ...variant, sku: 'a', title: '', price: 0, onHand: -1, weightGrams: -1, options: [{ name: '', value: '' }] };

  expect(refusalsOf({ title: '', description: '', tags: ['\t'], attributes: [{ name: 'x', value: 'y' }], variants: [broken] })).toEqual([
    'title',
    'description',
    'tags',
    'attributes.0.name',
    'variants.0.sku',
    'variants.0.title',
    'variants.0.price',
    'variants.0.onHand',
    'variants.0.weightGrams',
    'variants.0.options',
  ]);
});

test('the limits of a product are exact', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...variant, sku: `A-${index}` }));

  expect(refusalsOf({ title: 'x'.repeat(limits.title), variants: many(limits.variants) })).toEqual([]);
  expect(refusalsOf({ title: 'x'.repeat(limits.title + 1), variants: many(limits.variants + 1) })).toEqual(['title', 'variants']);
  expect(refusalsOf({ variants: [variant, variant] })).toEqual(['variants.1.sku']);
  expect(refusalsOf({ variants: [variant, { ...variant, sku: 'A-2', currency: 'USD' }] })).toEqual(['variants.1.currency']);
  expect(refusalsOf({ tags: Array.from({ length: limits.tags + 1 }, (_, index) => `t${index}`) })).toEqual(['tags']);
});

test('A14 whatever number is given as a price, only a whole one from 1 to the limit passes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })), (amount) => {
      expect(isPrice(amount)).toBe(Number.isInteger(amount) && amount >= 1 && amount <= limits.price);
    }),
  );
});

test('a SKU is capital letters, digits, dots and hyphens', () => {
  for (const sku of ['A', 'MUG-ENAMEL-WHITE', '4006381333931', 'A.1-B', 'X'.repeat(64)]) expect(isSku(sku)).toBe(true);
  for (const sku of ['', '-', 'A-', 'a', 'A B', 'Ä', 'A\n', 'X'.repeat(65)]) expect(isSku(sku)).toBe(false);
});
