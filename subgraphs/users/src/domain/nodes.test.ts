import { newId } from '@tally/kernel';
import { expect, test } from 'vitest';
import { nodeTypeOf } from './nodes.ts';

test('the prefix says the type', () => {
  expect(nodeTypeOf(newId('ord'))).toBe('Order');
  expect(nodeTypeOf(newId('usr'))).toBe('User');
});

test('ids that have no node name nothing', () => {
  expect(nodeTypeOf(newId('adr'))).toBeNull();
  expect(nodeTypeOf(newId('ord').replace('ord_', 'zzz_'))).toBeNull();
});

test('the members every object has are no prefixes', () => {
  expect(nodeTypeOf(newId('ord').replace('ord_', 'constructor_'))).toBeNull();
});

test.each([
  '',
  '1',
  'ord_',
  'ord_123',
  newId('ord').toUpperCase(),
  ` ${newId('ord')}`,
  `${newId('ord')}\n`,
  newId('ord').slice(4),
  'ord_00000000000000000000000000000000',
  '0190a8f0-0000-7000-8000-000000000000',
  '__proto___0190a8f0000070008000000000000000',
])('%j is malformed', (id) => {
  expect(nodeTypeOf(id)).toBe('malformed');
});
