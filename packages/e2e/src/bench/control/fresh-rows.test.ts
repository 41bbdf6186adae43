import { fromUuid, newId, toUuid } from '@tally/kernel';
import { expect, test } from 'vitest';
import { createRenaming, freshRow } from './fresh-rows.ts';

const order = newId('ord');
const keys = { unique: [['id'], ['buyer', 'sequence']], integers: new Set(['sequence']) };

test('an id is renamed alike in both spellings, wherever it stands', () => {
  const rename = createRenaming();
  const uuid = rename(toUuid(order));
  expect(uuid).not.toBe(toUuid(order));
  expect(rename(`{"order":"${order}"}`)).toBe(`{"order":"${fromUuid('ord', uuid)}"}`);
});

test('copies of a row share no key, and keep what is no key', () => {
  const row = { id: toUuid(order), buyer: 'somebody', sequence: '7', quantity: '2', note: null };
  const copies = [1, 2].map((copy) => freshRow(row, keys, copy, createRenaming()));
  expect(new Set(copies.map(({ id }) => id)).size).toBe(2);
  expect(copies.map(({ sequence }) => sequence)).toEqual(['1007', '2007']);
  expect(copies.map(({ quantity, note }) => [quantity, note])).toEqual([
    ['2', null],
    ['2', null],
  ]);
});

test('a key of text alone is lengthened', () => {
  const row = { id: 'first', buyer: 'somebody', sequence: '1' };
  expect(freshRow(row, keys, 3, createRenaming())).toEqual({ id: 'first-3', buyer: 'somebody', sequence: '3001' });
});
