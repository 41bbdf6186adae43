import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { effectiveSort, placeFromCursor, placeToCursor, queryHash, type CatalogueQuery, type ProductSort } from './catalogue-query.ts';

const filter = { categoryIds: [], sellerIds: [], tags: [], priceMin: null, priceMax: null, inStock: null };
const query: CatalogueQuery = { words: 'mug', filter, sort: 'RELEVANCE' };
const id = newId('prod');

test('a cursor leads back to its place, for its own query only', () => {
  const place = { matching: 'stems', key: '0.6079271', id } as const;
  const parts = placeToCursor(queryHash(query), place);

  expect(placeFromCursor(parts, queryHash(query), 'RELEVANCE')).toEqual(place);
  for (const other of [
    { ...query, words: 'cup' },
    { ...query, sort: 'TITLE' as const },
    { ...query, filter: { ...filter, inStock: true } },
  ]) {
    expect(placeFromCursor(parts, queryHash(other), other.sort)).toBeNull();
  }
});

test.each<readonly [ProductSort, readonly string[], readonly unknown[]]>([
  ['RELEVANCE', ['0', '1e-20', '0.6079271', '12.5'], ['NaN', 'Infinity', '-1', "0'", '', 1, null]],
  ['PRICE_ASC', ['0', '999999999999'], ['-1', '1.5', '9'.repeat(16), '', 100]],
  ['PRICE_DESC', ['1499'], ['1499 OR 1=1']],
  ['NEWEST', ['1767600000000'], ['2026-01-01', '1'.repeat(14)]],
  ['TITLE', ['Enamel Mug', "O'Neill", '%'], ['', 'a\0b', '\ud800', 'x'.repeat(201)]],
])('%s takes keys of its own shape only', (sort, good, bad) => {
  const read = (key: unknown) => placeFromCursor(['h', 'stems', key, id], 'h', sort);

  for (const key of good) expect(read(key)?.key).toBe(key);
  for (const key of bad) expect(read(key)).toBeNull();
});

test('parts that no cursor has are no place', () => {
  for (const parts of [
    [],
    ['h'],
    ['h', 'stems', '1'],
    ['h', 'guess', '1', id],
    ['h', 'stems', '1', 'prod_x'],
    ['h', 'stems', '1', id, 'more'],
  ]) {
    expect(placeFromCursor(parts, 'h', 'PRICE_ASC')).toBeNull();
  }
});

test('without words nothing is relevant: the newest come first', () => {
  expect(effectiveSort('RELEVANCE', null)).toBe('NEWEST');
  expect(effectiveSort('RELEVANCE', 'mug')).toBe('RELEVANCE');
  expect(effectiveSort('TITLE', null)).toBe('TITLE');
});
