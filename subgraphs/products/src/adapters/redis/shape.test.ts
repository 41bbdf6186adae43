import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { aProduct, aSeller } from '../../../test/contract/hot-reads.contract.ts';
import type { HotRows } from '../../ports/hot-reads.ts';
import { shape } from './hot-reads.ts';

const money = { amount: 1499, currency: 'EUR' };
const variant: HotRows['variant'] = {
  id: newId('var'),
  productId: newId('prod'),
  productStatus: 'ACTIVE',
  sku: 'MUG',
  title: 'White',
  price: money,
  compareAt: money,
  options: [{ name: 'Colour', value: 'White' }],
  weightGrams: 320,
  taxClass: 'STANDARD',
  position: 1,
};
const category: HotRows['category'] = {
  id: newId('cat'),
  slug: 'mugs',
  name: 'Mugs',
  parentId: newId('cat'),
  path: ['Kitchen', 'Mugs'],
  attributes: [{ key: 'material', label: 'Material', kind: 'CHOICE', required: true, choices: ['Enamel'] }],
};

/** Paths of everything in a value; what stands in a list counts once. */
function partsOf(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return partsOf((value as readonly unknown[])[0], `${path}[]`);
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, part]) => partsOf(part, `${path}.${key}`));
}

// While a deployment is under way, processes of two versions use one Redis: neither may find rows of the other's making.
test('these are the parts of rows of shape 1: whoever changes them raises the number', () => {
  const rows: HotRows = { product: aProduct(), variant, category, seller: aSeller() };

  expect([shape, ...Object.entries(rows).flatMap(([kind, row]) => partsOf(row, kind))]).toMatchInlineSnapshot(`
    [
      1,
      "product.id",
      "product.slug",
      "product.title",
      "product.description",
      "product.status",
      "product.version",
      "product.categoryId",
      "product.sellerId",
      "product.tags[]",
      "product.attributes.material",
      "product.prices.min.amount",
      "product.prices.min.currency",
      "product.prices.max.amount",
      "product.prices.max.currency",
      "product.createdAt",
      "product.updatedAt",
      "variant.id",
      "variant.productId",
      "variant.productStatus",
      "variant.sku",
      "variant.title",
      "variant.price.amount",
      "variant.price.currency",
      "variant.compareAt.amount",
      "variant.compareAt.currency",
      "variant.options[].name",
      "variant.options[].value",
      "variant.weightGrams",
      "variant.taxClass",
      "variant.position",
      "category.id",
      "category.slug",
      "category.name",
      "category.parentId",
      "category.path[]",
      "category.attributes[].key",
      "category.attributes[].label",
      "category.attributes[].kind",
      "category.attributes[].required",
      "category.attributes[].choices[]",
      "seller.id",
      "seller.slug",
      "seller.name",
    ]
  `);
});
