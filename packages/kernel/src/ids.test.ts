import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createIdFactory,
  fromUuid,
  isId,
  newId,
  newShardedId,
  parseId,
  prefixOf,
  shardCount,
  shardOf,
  shardOfBuyer,
  toUuid,
  useIds,
} from './ids.ts';

test('an id and its row are the same thing in two spellings', () => {
  const id = newId('ord');
  expect(toUuid(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(fromUuid('ord', toUuid(id))).toBe(id);
});

test('a new id is an id of its kind and of no other', () => {
  fc.assert(
    fc.property(fc.constantFrom('usr' as const, 'ord' as const, 'var' as const), (prefix) => {
      const id = newId(prefix);
      expect(isId(prefix, id)).toBe(true);
      expect(parseId('cart', id)).toBeNull();
      expect(prefixOf(id)).toBe(prefix);
    }),
  );
});

test('every other spelling is no id', () => {
  const id = newId('usr');
  const others = [
    id.toUpperCase(),
    ` ${id}`,
    `${id} `,
    id.slice(0, -1),
    `${id}0`,
    id.replace('usr_', 'usr-'),
    toUuid(id),
    `usr_${toUuid(id)}`,
    '',
    null,
    7,
    {},
  ];
  expect(others.map((other) => parseId('usr', other))).toEqual(others.map(() => null));
});

test('an order carries the shard of its buyer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: shardCount - 1 }), (shard) => {
      expect(shardOf(newShardedId('ord', shard))).toBe(shard);
      expect(isId('ord', newShardedId('ord', shard))).toBe(true);
    }),
  );
  const buyer = newId('usr');
  expect(shardOfBuyer(buyer)).toBe(shardOfBuyer(buyer));
});

test('buyers spread over all shards', () => {
  const seen = new Set(Array.from({ length: 20_000 }, () => shardOfBuyer(newId('usr'))));
  expect(seen.size).toBeGreaterThan(shardCount * 0.99);
});

test('a shard that does not exist is refused', () => {
  expect(() => newShardedId('ord', shardCount)).toThrow(RangeError);
  expect(() => newShardedId('cart', -1)).toThrow(RangeError);
});

test('ids of later milliseconds sort later, and the same time and chance give the same id', () => {
  const zeroes = (bytes: number): Uint8Array => new Uint8Array(bytes);
  const at = (now: number) => createIdFactory(() => now, zeroes).newId('evt');
  expect(at(1_000) < at(1_001)).toBe(true);
  expect(at(1_000)).toBe(at(1_000));
  expect(isId('evt', at(1_000))).toBe(true);
});

test('ids come from another factory for as long as it is in use', () => {
  const still = createIdFactory(
    () => 1_000,
    (bytes) => new Uint8Array(bytes),
  );
  {
    using _ = useIds(still);
    expect(newId('evt')).toBe(newId('evt'));
    expect(shardOf(newShardedId('ord', 3))).toBe(3);
  }
  expect(newId('evt')).not.toBe(newId('evt'));
});
