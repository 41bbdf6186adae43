import { money, newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { changeProduct, setPrice, type ProductChange } from './product-change.ts';
import type { ProductWithVariants, Variant } from './product.ts';
import { houseSellerId } from './seller.ts';

const then = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-02-01T00:00:00Z');
const id = newId('prod');
const aVariant = (amount: number, position: number): Variant => ({
  id: newId('var'),
  productId: id,
  sku: `S-${position}`,
  title: 'V',
  price: money(amount, 'EUR'),
  compareAt: null,
  options: [],
  weightGrams: null,
  taxClass: 'STANDARD',
  position,
});
const variants = [aVariant(100, 1), aVariant(300, 2)] as const;
const product: ProductWithVariants = {
  id,
  slug: 'thing',
  title: 'Thing',
  description: 'A thing.',
  status: 'ACTIVE',
  version: 4,
  categoryId: newId('cat'),
  sellerId: houseSellerId,
  tags: ['a'],
  attributes: { material: 'Oak' },
  prices: { min: money(100, 'EUR'), max: money(300, 'EUR') },
  createdAt: then,
  updatedAt: then,
  variants,
};
const nothing: ProductChange = { title: null, description: null, status: null, tags: null, attributes: null };
const category = { attributes: [{ key: 'material', label: 'Material', kind: 'TEXT' as const, required: false }] };

test('a change is one version on, and leaves the slug alone', () => {
  const outcome = changeProduct(product, { ...nothing, title: ' New thing ', status: 'DRAFT', tags: ['B', 'b'] }, category, now);

  expect(outcome).toEqual({
    ok: true,
    value: { ...product, title: 'New thing', status: 'DRAFT', tags: ['b'], version: 5, updatedAt: now },
  });
});

test('a change to what it already is is none', () => {
  const same = {
    title: 'Thing',
    description: 'A thing.',
    status: 'ACTIVE',
    tags: ['a'],
    attributes: [{ name: 'material', value: 'Oak' }],
  } as const;

  expect(changeProduct(product, nothing, category, now)).toEqual({ ok: true, value: product });
  const outcome = changeProduct(product, same, category, now);
  expect(outcome.ok && outcome.value === product).toBe(true);
});

test('what breaks a rule is refused as a whole', () => {
  const outcome = changeProduct(
    product,
    { ...nothing, title: '', description: '\u0000', tags: [''], attributes: [{ name: 'x', value: 'y' }] },
    category,
    now,
  );

  expect(outcome.ok ? [] : outcome.refusal.map((refusal) => 'field' in refusal && refusal.field[0])).toEqual([
    'title',
    'description',
    'tags',
    'attributes',
  ]);
});

test('a price moves the range; the highest may become the lowest', () => {
  const outcome = setPrice(product, { variantId: variants[1].id, price: 50, compareAt: 300, currency: 'EUR' }, now);

  expect(outcome).toMatchObject({
    ok: true,
    value: {
      version: 5,
      prices: { min: money(50, 'EUR'), max: money(100, 'EUR') },
      variants: [{ price: money(100, 'EUR') }, { price: money(50, 'EUR'), compareAt: money(300, 'EUR') }],
    },
  });
});

test('the price it has changes nothing', () => {
  const outcome = setPrice(product, { variantId: variants[0].id, price: 100, compareAt: null, currency: 'EUR' }, now);

  expect(outcome.ok && outcome.value === product).toBe(true);
});

test.each([
  [{ price: 0 }, 'price'],
  [{ price: 1.5 }, 'price'],
  [{ currency: 'USD' }, 'currency'],
  [{ compareAt: 100 }, 'compareAtPrice'],
  [{ compareAt: Number.MAX_SAFE_INTEGER }, 'compareAtPrice'],
])('a price of %j is refused', (change, field) => {
  const outcome = setPrice(product, { variantId: variants[0].id, price: 100, compareAt: null, currency: 'EUR', ...change }, now);

  expect(outcome.ok ? [] : outcome.refusal).toMatchObject([{ kind: 'invalid', field: [field] }]);
});
